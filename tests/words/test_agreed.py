"""The words agreed for the states of an exam are said exactly so, in both languages."""

import pytest

from kiosk.words import text
from kiosk.words.agreed import SENTENCES

# English as in the code, values, then Chinese and English as a person reads them.
TABLE = [
    ("✓ Saved", {}, "✓ 已保存", "✓ Saved"),
    ("Saving…", {}, "正在保存…", "Saving…"),
    (
        "Not saved. Please raise your hand",
        {},
        "答案未保存，请举手",
        "Not saved. Please raise your hand",
    ),
    (
        "Please wait for the proctor to start the exam",
        {},
        "请等候监考员启动考试",
        "Please wait for the proctor to start the exam",
    ),
    (
        "Paused. The clock has stopped",
        {},
        "考试已暂停，已停止计时",
        "Paused. The clock has stopped",
    ),
    (
        "Resumed. {minutes} min {seconds} s were given back",
        {"minutes": 3, "seconds": 12},
        "考试已恢复，已补时 3 分 12 秒",
        "Resumed. 3 min 12 s were given back",
    ),
    (
        "{minutes} minutes to the end",
        {"minutes": 10},
        "距考试结束还有 10 分钟",
        "10 minutes to the end",
    ),
    ("Overview", {}, "答题卡", "Overview"),
    ("answered", {}, "已答", "answered"),
    ("unanswered", {}, "未答", "unanswered"),
    ("flagged", {}, "已标记", "flagged"),
    (
        "{unanswered} unanswered, {flagged} flagged",
        {"unanswered": 3, "flagged": 2},
        "3 题未作答，2 题已标记",
        "3 unanswered, 2 flagged",
    ),
    (
        "You can hand in after the first {minutes} minutes",
        {"minutes": 30},
        "开考 30 分钟后方可交卷",
        "You can hand in after the first 30 minutes",
    ),
    (
        "After handing in nothing can be changed",
        {},
        "交卷后不能再修改",
        "After handing in nothing can be changed",
    ),
    (
        "Handed in. Raise your hand and leave when the proctor agrees",
        {},
        "交卷成功，请举手，经监考员同意后离场",
        "Handed in. Raise your hand and leave when the proctor agrees",
    ),
    (
        "Your seat is {seat}. Please go to seat {seat}",
        {"seat": "08"},
        "您的机位是 08 号，请到 08 号机位就座",
        "Your seat is 08. Please go to seat 08",
    ),
    (
        "This code is for seat {seat} only",
        {"seat": "08"},
        "此授权码仅限 08 号机位使用",
        "This code is for seat 08 only",
    ),
    (
        "This code was used before. Scan again",
        {},
        "此授权码已使用，请重新扫描",
        "This code was used before. Scan again",
    ),
    ("Bank complete", {}, "试题包完整", "Bank complete"),
    ("Disk fine", {}, "磁盘正常", "Disk fine"),
    ("Clock right", {}, "系统时间正常", "Clock right"),
    ("Choose two or more", {}, "请选择两项或以上", "Choose two or more"),
    ("Start", {}, "启动考试", "Start"),
    ("Resume", {}, "恢复", "Resume"),
    ("Extend", {}, "延时", "Extend"),
    ("Pause", {}, "暂停", "Pause"),
    ("Change seat", {}, "更换机位", "Change seat"),
    ("End", {}, "终止考试", "End"),
    ("About to authorise", {}, "即将授权", "About to authorise"),
    ("Round {number}", {"number": 15}, "第 15 批次", "Round 15"),
    ("Not collected", {}, "未回收", "Not collected"),
    (
        "Strong candidates chose {option}: check the key",
        {"option": "C"},
        "高分考生多选 C，请复核答案",
        "Strong candidates chose C: check the key",
    ),
]


@pytest.mark.parametrize(("sentence", "values", "chinese", "english"), TABLE)
def test_an_agreed_state_is_said_in_its_words(sentence, values, chinese, english):
    assert text(sentence, "zh-CN", **values) == chinese
    assert text(sentence, "en", **values) == english


def test_the_table_holds_every_agreed_sentence():
    assert [row[0] for row in TABLE] == list(SENTENCES)
