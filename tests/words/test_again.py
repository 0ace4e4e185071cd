"""What was written down in English is said in Chinese where it is made of the catalogue's sentences."""

from __future__ import annotations

import pytest

from kiosk.errors import InputRefused
from kiosk.words import mark
from kiosk.words.again import again


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
