"""GIFT and Aiken: what a question's answers earn is what their author wrote, or its line is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Kind, Match
from kiosk.authoring.foreign.aiken import read_aiken
from kiosk.authoring.foreign.gift import read_gift
from kiosk.authoring.foreign.recognise import format_of
from tests.authoring.foreign import Taken, whole_or_said

GIFT = r"""// a comment
$CATEGORY: $course$/top/Extraction

::Q1:: [html]<p>Who is <b>2</b>?</p> {=two#yes ~three#no ~%50%four####all}

::several:: Two or three? {
~%50%A
~%50%B

~%-100%C
~D
}

::thirds:: Pick {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}

::rounded:: Pick {~%33%a ~%33%b ~%33%c ~d}

::tf:: Grant is buried in a tomb. {T#wrong#right}

::pi:: Pi is {#3.1415:0.0005} about.

::range:: From one to five {#1..5}

::two:: When? {#=1822:0#full =%50%1822:2#half}

::short:: Where\: here \{or\} there? {=Paris =%50%paris city \= x}

::word:: Ce has number {=58 ~57 ~59} in the table.

::match:: Match {=a -> b =c -> d =e -> b = -> f}

::essay:: Write {}

::text:: Description only

::odd:: Bad {a =b}

::stars:: Any {=a*b}

::star:: Name it {=ce*um =%50%*cer\\*ia =%10%*}

::all:: Say anything {=*}

::unpaired:: Match {=a -> b ~c -> d}

::poor:: None is right {~%20%a ~%20%b}
"""


@pytest.fixture(scope="module")
def gift(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return Taken(tmp_path_factory.mktemp("gift"), "questions.txt", GIFT.encode())


def test_what_gift_can_deliver_comes_in_and_its_keys_score_full(gift: Taken) -> None:
    taken = "Q1 several thirds rounded tf pi range two short word match essay stars star"
    assert set(gift.items) == set(taken.split())
    assert gift.all_keys_score_full()
    assert gift.items["tf"].item.kind is Kind.TRUE_FALSE
    assert gift.items["word"].item.kind is Kind.INLINE_CHOICE
    assert gift.items["several"].item.kind is Kind.MULTIPLE_CHOICE
    assert gift.items["Q1"].about.knowledge_point == "Extraction"


@pytest.mark.parametrize(
    ("item", "values", "share"),
    [
        ("Q1", ("A",), 1),
        ("Q1", ("C",), 0.5),
        ("Q1", ("B",), 0),
        ("several", ("A",), 0.5),
        ("several", ("A", "B"), 1),
        ("several", ("A", "B", "C"), 0),
        ("several", ("A", "B", "D"), 1),
        ("thirds", ("A", "B"), 2 / 3),
        ("thirds", ("A", "B", "C"), 1),
        ("rounded", ("A", "B", "C"), 1),
        ("pi", ("3.141",), 1),
        ("pi", ("3.142",), 1),
        ("pi", ("3.143",), 0),
        ("range", ("5",), 1),
        ("range", ("5.1",), 0),
        ("two", ("1822",), 1),
        ("two", ("1824",), 0.5),
        ("short", ("PARIS",), 1),
        ("match", ("S1 T1", "S2 T2", "S3 T1"), 1),
        ("match", ("S1 T1", "S2 T3"), 1 / 3),
        ("stars", ("A x B",), 1),
        ("stars", ("AB",), 1),
        ("stars", ("A",), 0),
        ("star", ("Cerium",), 1),
        ("star", ("I say CER*IA",), 0.5),
        ("star", ("I say CERIA",), 0.1),
        ("short", ("paris city = x",), 0.5),
    ],
)
def test_weights_tolerances_and_cases_are_gifts(
    gift: Taken, item: str, values: tuple[str, ...], share: float
) -> None:
    assert gift.score(item, *values) == pytest.approx(share)


def test_what_gift_cannot_deliver_is_refused_by_line(gift: Taken) -> None:
    assert set(gift.refused) == {"odd", "all", "unpaired", "poor"}
    assert "any answer at all" in gift.refused["all"]
    assert "'c -> d' is no pair" in gift.refused["unpaired"]
    assert "text: line 34: a text without a question is left out" in gift.notes
    assert "40" in gift.refused["poor"]
    lines = GIFT.split("\n")
    for item, reason in gift.refused.items():
        line = int(reason.removeprefix("line ").partition(":")[0])
        assert lines[line - 1].startswith(f"::{item}::")


def test_feedback_stays_in_the_source_and_is_said_to_go_no_further(gift: Taken) -> None:
    kept = (gift.bank / "items" / "Q1.en.xml").read_text("utf-8")
    assert all(f">{said}<" in kept for said in ("yes", "no", "all"))
    assert "Q1: line 4: feedback is not shown" in gift.notes


def test_matching_and_essays_are_what_a_seat_knows(gift: Taken) -> None:
    (match,) = gift.items["match"].item.interactions
    assert isinstance(match, Match)
    assert match.limits == {"S1": 1, "S2": 1, "S3": 1, "T1": 0, "T2": 0, "T3": 0}


def test_escapes_are_undone(gift: Taken) -> None:
    assert "Where: here {or} there?" in plain_text(gift.items["short"].item.texts["en"].body)


AIKEN = """What is 2?
A) one
B. two
C) three
ANSWER: B

多选题？
Ａ、一
B、二
C、三
答案：A、C

Broken
A) one
B) two
ANSWER: D

No end
A) one
"""


def test_aiken_comes_in_with_one_key_or_several(tmp_path: Path) -> None:
    taken = Taken(tmp_path, "k.txt", AIKEN.encode("gb18030"))
    assert taken.all_keys_score_full()
    assert taken.items["k-1"].rules.responses[0].correct == ("B",)
    assert taken.items["k-2"].rules.responses[0].correct == ("A", "C")
    assert (taken.score("k-2", "A"), taken.score("k-2", "A", "C")) == (0, 1)
    assert "line 13: the answer D is no option" in taken.refused["k-3"]
    assert "no line ANSWER" in taken.refused["k-4"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GIFT.encode(), "gift"),
        (GIFT.encode("utf-16"), "gift"),
        (AIKEN.encode("gb18030"), "aiken"),
        ("题型,题干,答案\n".encode(), "sheet"),
        ("题型\t题干\t答案\n".encode("gb18030"), "sheet"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- <a> --><quiz/>", "moodle"),
        (b"<assessmentItem/>", "qti"),
        (b"Dear reader, thank you.", None),
        (b"", None),
    ],
)
def test_a_format_is_known_by_content_whatever_its_name(data: bytes, kind: str | None) -> None:
    assert format_of(data, "a.txt") == kind


@pytest.mark.parametrize(
    "text",
    [
        "{" * 200_000,
        "::" + "a" * 150_000,
        "q {" + "".join(f"=a{n}#b " for n in range(15_000)) + "}",
        "q {" + "\n\n" * 150_000 + "}",
        "q {#" + "9" * 100_000 + "}",
        "q {~%" + "9" * 100_000 + "%a ~b}",
        "\\" * 199_999,
        "a\x00b {=c}",
        "a\ue0000\ue001 {=c}",
        "[html]" + "<b>" * 60_000 + "{=c}",
        "[html]<script>alert(1)</script> {=c}",
        "[html]<qti-choice-interaction/> {=c}",
        "a" * 50_000_000,
    ],
    ids=range(13),
)
def test_hostile_gift_is_refused_in_bounded_time(text: str) -> None:
    begun = time.monotonic()
    drafts = list(read_gift(text, "f", "en", "q"))
    assert drafts
    assert all(draft.item is None and draft.problems.all for draft in drafts)
    assert time.monotonic() - begun < 10


@given(st.text(alphabet="ab {}=~#%:\\->\n5.<p>TF$/*[]html", max_size=200))
def test_no_gift_stumbles(text: str) -> None:
    for draft in read_gift(text, "f", "en", "q"):
        assert whole_or_said(draft)


@given(st.text(alphabet="AB).:、 ANSWER\n一", max_size=200))
def test_no_aiken_stumbles(text: str) -> None:
    for draft in read_aiken(text, "f", "en", "q"):
        assert draft.problems.refused == (draft.item is None)
