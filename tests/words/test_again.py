"""What was written down in English is said in Chinese where it is made of the catalogue's sentences."""

from __future__ import annotations

import time

import pytest

from kiosk.errors import InputRefused
from kiosk.words import mark
from kiosk.words.again import MOST_CHARACTERS, again

TWO_REASONS = (
    "this station has no session R1 with terminal T-01. "
    "Plan sessions at the station that receives them; look at the terminal; the journal admits nobody"
)


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("the journal admits nobody", "日志中没有考生准入记录"),
        ("a code of 李监考 for another terminal", "李监考 的授权码属于另一台考试机"),
        ("2 answers for people to mark", "有 2 题待人工评分"),
        (
            "admitted without an ID by two proctors; withheld until confirmed",
            "无证件，由两名监考员准入；确认之前暂缓发布",
        ),
        (
            "the sitting was transferred from T-01 to T-07 and also handed in at T-01",
            "本次考试由 T-01 转移到 T-07，且又在 T-01 交卷",
        ),
        ("s01: an answer is not in its canonical form", "s01：有答案不是规范写法"),
        (
            "not met while somebody sat there: usb, network; 2 answers for people to mark",
            "考生作答期间未通过的必须项：usb、network；有 2 题待人工评分",
        ),
        # Of a remedy of two parts the first is another one.
        (
            "not a valid bank: damaged or not CBOR. Copy the file again from where it came; keep this one",
            "不是有效的试题包：已损坏或不是 CBOR。请从原处重新拷贝该文件，并保留这一份",
        ),
        ("Their items are: two words, more", "人工评阅的试题有：two words, more"),
        # A remedy of two parts is no value of the sentence before it, and no second reason.
        (
            TWO_REASONS,
            "本站没有使用考试机 T-01 的场次 R1。请在接收答卷的考务站安排场次，并核对考试机；日志中没有考生准入记录",
        ),
        ("nobody has ever said this: 12", "nobody has ever said this: 12"),
        ("", ""),
    ],
)
def test_a_kept_line_is_said_in_chinese_as_far_as_it_is_known(said: str, chinese: str) -> None:
    assert again(said, "zh-CN") == chinese
    assert again(said, "en") == said


def test_a_refusal_as_it_is_kept_is_said_whole() -> None:
    fault = InputRefused(
        mark("candidate {candidate} is not on the roster of {session}, exam {exam}"),
        where="P.package",
        remedy=mark("Ask the proctors who sat there"),
        candidate="20260099",
        session="R15-0301",
        exam="E1",
    )

    assert again(str(fault), "zh-CN") == (
        "P.package：考生 20260099 不在 R15-0301 场次、考试 E1 的名单上。请询问监考员谁坐在那里"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        *(mark * 600 for mark in (": ", ". ", "; ", ": . ", ": . ; ", " in of , the ", "P: a. ")),
        "the result is " * 100,
        "a code of " * 150 + "for another terminal",
        "the journal admits nobody; " * 70,
        "; ".join([": . " * 9] * 16),
    ],
    ids=lambda one: one[:12],
)
def test_whatever_a_hostile_file_says_of_itself_a_page_does_not_wait(hostile: str) -> None:
    again("", "zh-CN")
    begun = time.process_time()
    for said in (hostile, hostile[:MOST_CHARACTERS], hostile[:200]):
        assert again(said, "zh-CN")
    assert time.process_time() - begun < 2
