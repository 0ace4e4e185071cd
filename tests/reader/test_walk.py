"""A blind person sits a whole exam: all that is known comes over a real accessibility bus."""

from __future__ import annotations

import pytest

from kiosk.artefacts.tokens import Command
from kiosk.assessment.items import Kind
from tests.reader.bus import missing
from tests.reader.walk import KINDS, PEOPLE, Sitting, prepared, sitting

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

ANSWERS: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.SINGLE_CHOICE: (("b", "B, "),),
    Kind.MULTIPLE_CHOICE: (("a", "1 chosen"), ("c", "2 chosen")),
    Kind.TRUE_FALSE: (("a", "A, True, chosen"),),
    Kind.INLINE_CHOICE: (("space", ""), ("Down", ""), ("Return", "Blank 1, ")),
    Kind.ORDER: (("a", "place 1"), ("b", "place 2"), ("c", "place 3"), ("d", "4 of ")),
    Kind.ASSOCIATE: (("a", "Picked"), ("b", "1 pair")),
    Kind.MATCH: (("1", "Picked"), ("a", "goes with A")),
    Kind.GAP_MATCH: (("a", "Picked"), ("1", "1 of ")),
    Kind.HOTTEXT: (("a", "1 chosen"),),
    Kind.SLIDER: (("Right", "Scale, from "),),
    Kind.HOTSPOT: (("Down", ""), ("space", "Area 2, ")),
    Kind.SELECT_POINT: (("Right", " across"), ("space", "1 marked")),
    Kind.GRAPHIC_ORDER: (("space", "number 1"), ("Tab", ""), ("space", "number 2")),
    Kind.GRAPHIC_ASSOCIATE: (("space", ""), ("Tab", ""), ("space", "1 line")),
    Kind.GRAPHIC_GAP_MATCH: (("space", "press its place"),),
    Kind.POSITION_OBJECT: (("space", "1 placed"),),
}
"""Keys of an answer, and what is announced after each; what the focus says by itself is empty."""

WHOLE = (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.HOTTEXT, Kind.HOTSPOT)
"""What these answers answer in full; where blanks are left the question counts as unanswered."""


CHINESE = {
    "Sign in": "登录",
    "type your number": "输入号码",
    "Candidate number or ID number": "准考证号或身份证号",
    "99 is not on the list": "没有准考证号 99",
    "Is this you?": "请核对本人信息",
    "This is me": "是本人",
    "Before you begin": "考试须知",
    "15 minutes": "15 分钟",
    "By going on you promise": "即表示遵守以上须知",
    "I promise": "我承诺",
    "Continue": "继续",
    "Practice 1 of": "练习 1 /",
    "the clock is not running": "不计时",
    "Question 1": "第 1 题",
    "chosen": "已选",
    "Skip practice": "跳过练习",
    "Single choice": "单项选择",
    "15 points": "15 分",
    "struck out": "已划去",
    "Saved": "已保存",
    "Flagged": "已标记",
    "flagged": "已标记",
    "1, unanswered": "1, 未答",
    "Your notes": "我的笔记",
    "Notes, written": "笔记，已有内容",
    "Calculat": "计算",
    "Calculator": "计算器",
    "Blank 1": "第 1 空",
    "Blank 1, ": "第 1 空, ",
    "number": "数字",
    "Type ": "请填写",
    "Read as 80": "读作 80",
    "Your text": "您的答案",
    "1 chosen": "已选 1 项",
    "2 chosen": "已选 2 项",
    "A, True, chosen": "A, 正确, 已选",
    "place 1": "第 1 位",
    "place 2": "第 2 位",
    "place 3": "第 3 位",
    "4 of ": "已排 4 项，共",
    "Picked": "已拿起",
    "1 pair": "已配 1 对",
    "goes with A": "已配 A",
    "1 of ": "已填 1",
    "Scale, from ": "标尺",
    "Area 2, ": "区域 2, ",
    " across": "横向",
    "1 marked": "已标记 1 处",
    "number 1": "第 1 位",
    "number 2": "第 2 位",
    "1 line": "1 条连线",
    "press its place": "请点选其位置",
    "1 placed": "已放置 1 个",
    "Gap 1": "空格 1",
    "Time left": "剩余时间",
    "minutes to the end": "分钟",
    "10 minutes to the end": "距考试结束还有 10 分钟",
    "5 minutes to the end": "距考试结束还有 5 分钟",
    "Last 5 minutes": "最后 5 分钟",
    "to the end": "距考试结束",
    "proctor": "监考员",
    "Paused": "考试已暂停",
    "Paused. The clock has stopped": "考试已暂停，已停止计时",
    "answers are saved": "个答案已保存",
    "Exam": "考试",
    "Clock stopped": "已停止计时",
    "Please raise your hand": "请举手",
    "disk is full": "磁盘已满",
    "shown as saved is kept": "凡显示“已保存”的答案都保存在本机",
    "clock has stopped": "已停止计时",
    "Make room on the disk": "请清理磁盘空间",
    "Review and hand in": "检查并交卷",
    "Check before handing in": "交卷前检查",
    "unanswered": "未作答",
    "2 questions flagged": "2 题已标记",
    "Go on with the exam": "继续作答",
    "Hand in…": "交卷…",
    "Hand in now?": "确认交卷吗？",
    "nothing can be changed": "不能再修改",
    "Hand in for good": "确认交卷",
    "Handed in": "交卷成功",
    "of 18 answers": "18 题中",
    "hand-in code": "交卷码",
    "Next": "下一题",
    **{f"Question {n} / 18": f"第 {n} 题 / 18" for n in range(1, 19)},
    **{f"{n}, answered": f"{n}, 已答" for n in range(1, 19)},
}
"""What is heard in a walk in Chinese."""

WORDS = {"en": {}, "zh-CN": CHINESE}


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    with prepared(tmp_path_factory.mktemp("day")) as made:
        yield made


# All 18 kinds take most of a minute; `make test` walks them in one language, `make campaign` in both.
@pytest.mark.parametrize("lang", ["en", pytest.param("zh-CN", marks=pytest.mark.campaign)])
def test_a_whole_exam_by_ear(day, tmp_path, lang):
    with sitting(day, tmp_path, PEOPLE[lang], WORDS[lang]) as seat:
        is_released(seat)
        if lang == "en":
            seat.tabs_to("English")
            seat.press("space")
            seat.hears("Sign in", "type your number")
        comes_in(seat)
        practises(seat)
        uses_the_tools(seat)
        for number, kind in enumerate(KINDS, start=1):
            if number > 1:
                seat.press("Next")
                seat.hears(f"Question {number} / {len(KINDS)}")
            answers(seat, kind)
        hears_no_second_pass(seat)
        is_warned_of_the_time(seat)
        is_paused(seat)
        meets_a_full_disk(seat)
        hands_in(seat)


def is_released(seat: Sitting) -> None:
    seat.hears("请等候监考员启动考试")
    assert "请等候监考员启动考试" in seat.stands_at("考试").about
    seat.scan(seat.proctoring.answer(seat.proctoring.desks[0], seat.challenge(), Command.RELEASE))
    seat.hears("登录", "请扫描准考证")
    seat.stands_at("准考证号", "text")


def comes_in(seat: Sitting) -> None:
    seat.tabs_to("Candidate number or ID number", "text")
    seat.types("99")
    seat.press("Return")
    seat.hears("99 is not on the list")
    seat.stands_at("Candidate number or ID number", "text")
    seat.press("ctrl+a")
    seat.types(seat.person.number)
    seat.press("Return")
    seat.hears("Is this you?", seat.person.name, seat.person.number)
    seat.stands_at("This is me", "button")
    seat.press("Return")
    seat.hears("Before you begin", "15 minutes", "By going on you promise")
    seat.stands_at("I promise", "button")
    seat.press("Return")
    seat.hears("Continue")


def practises(seat: Sitting) -> None:
    seat.press("Return")
    seat.hears("Practice 1 of", "the clock is not running", "Question 1")
    seat.stands_at("A, ", "radio button")
    seat.press("space")
    seat.hears("A, ", "chosen")
    seat.tabs_to("Skip practice")
    seat.press("space")
    seat.hears("Question 1 / 18", "Single choice", "15 points")


def uses_the_tools(seat: Sitting) -> None:
    first = seat.stands_at("A, ", "radio button")
    seat.press("x")
    seat.hears("struck out", "Saved")
    assert seat.said("struck out") in seat.reader.thing(first.path).name
    seat.press("x")
    seat.hears(first.name)
    assert seat.said("struck out") not in seat.reader.thing(first.path).name
    seat.press("f")
    seat.hears("Flagged", "Saved")
    assert "checked" in seat.finds("Flagged", "check box").states
    assert seat.said("flagged") in seat.finds("1, unanswered", "button").name
    seat.press("n")
    seat.stands_at("Your notes", "text")
    seat.types("lime")
    seat.press("Escape")
    seat.stands_at("Notes, written", "check box")
    seat.press("equal")
    seat.stands_at("Calculat", "text")
    seat.types("2+3")
    seat.press("Return")
    seat.hears("= 5")
    seat.press("Escape")
    seat.stands_at("Calculator", "button")


def answers(seat: Sitting, kind: Kind) -> None:
    if kind is Kind.TEXT_ENTRY:
        form = seat.stands_at("Blank 1", "text").about
        assert form.startswith(seat.said("Type "))
        seat.types("80")
        seat.hears("Saved", *(["Read as 80"] if seat.said("number") in form else []))
        assert seat.stands_at("Blank 1", "text").text == "80"
    elif kind is Kind.EXTENDED_TEXT:
        seat.stands_at("Your text", "text")
        seat.types("too hot")
        seat.finds("too hot", "text")
        assert not seat.announced()
    for key, words in ANSWERS.get(kind, ()):
        seat.press(key)
        if words:
            seat.hears(words)
    if kind is Kind.GRAPHIC_GAP_MATCH:
        seat.tabs_to("Gap 1", "check box", back=True)
        seat.press("space")
        seat.hears("1 of ")
    if kind in WHOLE:
        seat.finds(f"{KINDS.index(kind) + 1}, answered", "button")
    if kind in ANSWERS:
        seat.hears("Saved")


def hears_no_second_pass(seat: Sitting) -> None:
    seat.press()
    clock = seat.finds("Time left", "button")
    assert seat.said("minutes to the end") in clock.name
    heard = seat.reader.listen(for_s=2.5)
    told = [one for one in heard if one.what == "Announcement" or one.path == clock.path]
    assert len(told) <= 1, told  # a minute may have ended just then


def is_warned_of_the_time(seat: Sitting) -> None:
    seat.time_passes(5 * 60)
    seat.hears("10 minutes to the end")
    seat.time_passes(10 * 60)
    seat.hears("5 minutes to the end", urgent=True)
    assert seat.said("Last 5 minutes") in seat.finds("to the end", "button").name


def is_paused(seat: Sitting) -> None:
    seat.press("F12")
    seat.hears("proctor")
    seat.scan(seat.proctoring.command(seat.challenge(), Command.PAUSE))
    seat.hears("Paused. The clock has stopped", "answers are saved", urgent=True)
    assert seat.said("Paused") in seat.stands_at("Exam").about
    seat.finds("Clock stopped", "button")
    seat.scan(seat.proctoring.command(seat.challenge(), Command.RESUME))
    seat.hears("Question 18 / 18")


def meets_a_full_disk(seat: Sitting) -> None:
    seat.disk_file.touch()
    seat.press("f")
    told = seat.hears("Please raise your hand", "disk is full", urgent=True)
    for words in ("shown as saved is kept", "clock has stopped", "T-21", "Make room on the disk"):
        assert seat.said(words) in told
    seat.disk_file.unlink()
    seat.hears("Question 18 / 18", "Flagged")


def hands_in(seat: Sitting) -> None:
    seat.tabs_to("Review and hand in", "button", back=True)
    seat.press("space")
    seat.hears("Check before handing in", "unanswered", "2 questions flagged")
    seat.stands_at("Go on with the exam", "button")
    seat.tabs_to("Hand in…", "button")
    seat.press("space")
    seat.hears("Hand in now?", "unanswered", "nothing can be changed")
    seat.stands_at("Go on with the exam", "button")
    seat.tabs_to("Hand in for good", "button")
    seat.press("space")
    seat.hears("Handed in", "of 18 answers", "hand-in code")
