"""Moodle XML: its core's types with what their answers earn and their pictures; the others by name."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Kind
from kiosk.authoring.foreign.cloze import read_cloze
from kiosk.authoring.foreign.moodle import read_moodle
from kiosk.authoring.problems import Problems
from kiosk.scoring.outcomes import score_item
from tests.authoring.builders import a_png
from tests.authoring.foreign import Taken, whole_or_said

PICTURE = base64.b64encode(a_png()).decode()


def a_question(kind: str, name: str, text: str, inside: str = "", files: str = "") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext>'
        f"<generalfeedback><text>general</text></generalfeedback>{inside}</question>"
    )


def an_answer(text: str, fraction: str, more: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>'
        f"<feedback><text>said of {fraction}</text></feedback>{more}</answer>"
    )


def a_sub(text: str, answer: str) -> str:
    return (
        f"<subquestion format='html'><text><![CDATA[{text}]]></text>"
        f"<answer><text>{answer}</text></answer></subquestion>"
    )


def an_option(text: str, group: str = "1") -> str:
    return f"<selectoption><text>{text}</text><group>{group}</group></selectoption>"


def a_box(text: str, group: str = "1", more: str = "") -> str:
    return f"<dragbox><text>{text}</text><group>{group}</group>{more}</dragbox>"


def a_drag(number: int, text: str, more: str = "") -> str:
    return f"<drag><no>{number}</no><text>{text}</text><draggroup>1</draggroup>{more}</drag>"


def a_drop(choice: int, where: str) -> str:
    return f"<drop><text></text><no>1</no><choice>{choice}</choice>{where}</drop>"


ORDER = "".join(f'<answer fraction="{n}"><text>step {n}</text></answer>' for n in range(1, 5))
BACKGROUND = (
    f'<file name="ground.png" encoding="base64">{base64.b64encode(a_png()).decode()}</file>'
)
THIRDS = "".join(an_answer(text, "33.33333") for text in "abc") + an_answer("d", "-100")
FILE = f'<file name="a b.png" path="/" encoding="base64">{PICTURE}</file>'
CLOZE = (
    "<p>Ce is {1:MULTICHOICE:=58#right~%50%59~60}, found in {2:SHORTANSWER:=1803~%50%1804}; "
    "pi is {1:NUMERICAL:=3.14:0.01}.</p>"
)
QUESTIONS = [
    '<question type="category"><category><text>$course$/top/REE</text></category></question>',
    a_question(
        "multichoice",
        "single",
        '<p>Which? <img src="@@PLUGINFILE@@/a%20b.png" alt="a pump"></p>',
        "<single>true</single><shuffleanswers>1</shuffleanswers>"
        + an_answer("<p>one</p>", "100") + an_answer("two", "50") + an_answer("three", "0"),
        FILE,
    ),
    a_question("multichoice", "several", "Which?", f"<single>false</single>{THIRDS}"),
    a_question("truefalse", "tf", r"Is \(x^2\) it?", an_answer("true", "0") + an_answer("false", "100")),
    a_question(
        "shortanswer",
        "short",
        f'Name it <img src="data:image/png;base64,{PICTURE}" alt="it">',
        "<usecase>0</usecase>"
        + an_answer("Cerium", "100") + an_answer("Ce", "80") + an_answer("*", "0"),
    ),
    a_question(
        "numerical",
        "number",
        "How much?",
        an_answer("2.5", "100", "<tolerance>0.05</tolerance>")
        + an_answer("2.5", "50", "<tolerance>0.5</tolerance>")
        + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>",
    ),
    a_question("cloze", "cloze", CLOZE),
    a_question("matching", "match", "Match", a_sub("La", "57") + a_sub("<b>Ce</b>", "58")
               + a_sub("Cerium", "58") + a_sub("", "59")),
    a_question("essay", "essay", "Write", "<responseformat>editor</responseformat>"
               "<responsefieldlines>12</responsefieldlines><attachments>2</attachments>"
               "<graderinfo format='html'><text>look for two causes</text></graderinfo>"),
    a_question("essay", "file", "Draw", "<attachmentsrequired>1</attachmentsrequired>"),
    a_question("description", "read", "Read this first"),
    a_question("random", "random", "One of many"),
    a_question("gapselect", "select", "<p>[[2]] is 57, [[1]] is 58, it is [[3]].</p>",
               an_option("Ce") + an_option("La") + an_option("heavy", "2") + an_option("light", "2")),
    a_question("gapselect", "nowhere", "[[7]]", an_option("Ce") + an_option("La")),
    a_question("ddwtos", "words", "<p>First [[1]], then [[2]] and [[1]].</p>",
               a_box("acid") + a_box("base") + a_box("salt", more="<infinite/>")),
    a_question("ordering", "places", "Order", "<gradingtype>ABSOLUTE_POSITION</gradingtype>" + ORDER),
    a_question("ordering", "next", "Order", ORDER),
    a_question("ordering", "whole", "Order", "<gradingtype>ALL_OR_NOTHING</gradingtype>" + ORDER),
    a_question("ordering", "relative", "Order",
               "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>" + ORDER),
    a_question("ordering", "subset", "Order", "<selecttype>RANDOM</selecttype>" + ORDER),
    a_question("ddimageortext", "plant", "Label it", BACKGROUND
               + a_drag(1, "pump") + a_drag(2, "", FILE) + a_drag(3, "tank")
               + a_drop(1, "<xleft>2</xleft><ytop>3</ytop>") + a_drop(2, "<xleft>20</xleft><ytop>3</ytop>")),
    a_question("ddmarker", "point", "Where?", BACKGROUND + a_drag(1, "here")
               + a_drop(1, "<shape>rectangle</shape><coords>2,3;10,8</coords>")),
    a_question("ddmarker", "points", "Where?", BACKGROUND + a_drag(1, "a") + a_drag(2, "b")
               + a_drop(1, "<shape>circle</shape><coords>5,5;3</coords>")),
    a_question("multichoice", "script", "<script>x</script>", an_answer("a", "100")),
    a_question("multichoice", "gone", '<img src="@@PLUGINFILE@@/x.png">', THIRDS),
    a_question("shortanswer", "star", "Any", "<usecase>1</usecase>" + an_answer("a*b", "100")),
    a_question("cloze", "clozemany", "<p>Pick {1:MULTIRESPONSE:=a~=b~c} or {2:MRS:%60%a~%20%b~%-40%c}.</p>"),
    a_question("cloze", "clozestar", "{1:SAC:=C*e~%50%*}"),
    a_question("cloze", "clozeodd", "{1:DRAG:=a}"),
]  # fmt: skip
QUIZ = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(QUESTIONS) + "\n</quiz>"


@pytest.fixture(scope="module")
def moodle(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return Taken(tmp_path_factory.mktemp("moodle"), "quiz.xml", QUIZ.encode())


def test_what_can_be_delivered_comes_in_and_its_keys_score_full(moodle: Taken) -> None:
    taken = "single several tf short number cloze match essay select words places next whole plant"
    assert set(moodle.items) == {*taken.split(), "point", "star", "clozemany", "clozestar"}
    assert moodle.all_keys_score_full()
    assert moodle.items["tf"].item.kind is Kind.TRUE_FALSE
    assert moodle.items["cloze"].item.kind is Kind.COMPOSITE
    assert moodle.items["single"].about.knowledge_point == "REE"
    assert "number: line 8: units are not asked for" in moodle.notes


@pytest.mark.parametrize(
    ("item", "values", "share"),
    [
        ("single", ("B",), 0.5),
        ("several", ("A", "B"), 2 / 3),
        ("several", ("A", "B", "C", "D"), 0),
        ("tf", ("false",), 1),
        ("short", ("CERIUM",), 1),
        ("short", ("ce",), 0.8),
        ("number", ("2.55",), 1),
        ("number", ("2.9",), 0.5),
        ("number", ("3.1",), 0),
        ("match", ("S1 T1", "S2 T2", "S3 T2"), 1),
        ("match", ("S1 T3", "S3 T2"), 1 / 3),
        ("words", ("A G1", "B G2", "A G3"), 1),
        ("words", ("A G1", "C G2"), 1 / 3),
        ("places", ("B", "D", "A", "C"), 1),
        ("places", ("B", "A", "D", "C"), 1 / 2),
        ("next", ("B", "D", "A", "C"), 1),
        ("next", ("A", "C", "B", "D"), 2 / 3),
        ("whole", ("B", "A", "D", "C"), 0),
        ("plant", ("A G1", "C G2"), 1 / 2),
        ("point", ("12 11",), 1),
        ("point", ("13 11",), 0),
        ("star", ("a to b",), 1),
        ("star", ("A to b",), 0),
    ],
)
def test_fractions_and_tolerances_are_moodles(
    moodle: Taken, item: str, values: tuple[str, ...], share: float
) -> None:
    assert moodle.score(item, *values) == pytest.approx(share)


def test_fields_of_a_cloze_weigh_what_it_says(moodle: Taken) -> None:
    right = {"RESPONSE1": "A", "RESPONSE2": "1803", "RESPONSE3": "3.15"}
    assert moodle.score("cloze", **right) == 1
    assert moodle.score("cloze", **{**right, "RESPONSE1": "B"}) == 3.5 / 4
    assert moodle.score("cloze", **{**right, "RESPONSE2": "1804"}) == 3 / 4
    text = plain_text(moodle.items["cloze"].item.texts["en"].body)
    assert text == "Ce is ___, found in ___; pi is ___."


def test_checkboxes_in_a_cloze_share_their_points_as_moodle_does(moodle: Taken) -> None:
    """Without percentages a wrong one takes a right one's share back; with them they are made whole."""
    right = moodle.score("clozemany", RESPONSE2="A", RESPONSE1="A")
    assert right == pytest.approx((1 / 2 + 2 * 3 / 4) / 3)
    rules = moodle.items["clozemany"].rules
    assert float(score_item(rules, {"RESPONSE1": ("A", "B", "C")}).score) == pytest.approx(0.5)
    assert moodle.score("clozestar", "C to e") == 1
    assert moodle.score("clozestar", "anything") == 0.5


def test_an_essay_says_what_is_left_out_and_keeps_what_markers_need(moodle: Taken) -> None:
    kept = (moodle.bank / "items" / "essay.en.xml").read_text("utf-8")
    assert "look for two causes" in kept
    assert 'expected-lines="12"' in kept
    assert "files that may be handed in too are left out" in moodle.notes
    assert "a text without a question is left out" in moodle.notes


def test_embedded_pictures_become_the_banks(moodle: Taken) -> None:
    assert len(moodle.media) == 1
    assert len(list((moodle.bank / "media").iterdir())) == 1  # the same one everywhere
    assert "a pump" in plain_text(moodle.items["single"].item.texts["en"].body)


def test_feedback_stays_in_the_source(moodle: Taken) -> None:
    kept = (moodle.bank / "items" / "single.en.xml").read_text("utf-8")
    assert all(said in kept for said in ("general", "said of 100", "said of 50"))


def test_the_rest_is_refused_by_question_and_reason(moodle: Taken) -> None:
    said = {
        "file": "cannot be handed in",
        "random": "'random'",
        "nowhere": "[[7]]",
        "relative": "LONGEST_ORDERED_SUBSET",
        "subset": "other choices to order",
        "points": "several markers",
        "script": "<script>",
        "gone": "x.png",
        "clozeodd": "'DRAG'",
    }
    assert set(moodle.refused) == set(said)
    for item, word in said.items():
        assert word in moodle.refused[item]
        assert moodle.refused[item].startswith("line ")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><quiz>&x;</quiz>', "entities"),
        ("<quiz>" + "<question>" * 100, "not well-formed"),
        ("<quiz>" + "<a>" * 300 + "</a>" * 300 + "</quiz>", ""),
        ('<?xml version="1.0" encoding="utf-16"?><quiz/>', ""),
        ("<quiz>\0</quiz>", "zero character"),
    ],
)
def test_hostile_xml_is_refused(tmp_path: Path, data: str, reason: str) -> None:
    taken = Taken(tmp_path, "q.xml", data.encode())
    assert taken.found.imported == 0
    assert any(reason in one.reason for one in taken.found.refused)


@pytest.mark.parametrize(
    "text",
    [
        "{1:SA:" * 100_000,
        "{1:SA:=" + "~a" * 100_000 + "}",
        "{1:SA:=a}" * 1_000,
        "<div>" * 100_000,
        "<img src='@@PLUGINFILE@@/../../etc/passwd'>{1:SA:=a}",
        "<img src='data:image/png;base64,!!!'>{1:SA:=a}",
        "<a" * 100_000,
    ],
    ids=range(7),
)
def test_hostile_questions_are_refused_in_bounded_time(text: str) -> None:
    begun = time.monotonic()
    data = f"<quiz>{a_question('cloze', 'q', text)}</quiz>".encode()
    (draft,) = read_moodle(data, "q.xml", "en", "q")
    assert draft.problems.refused
    assert time.monotonic() - begun < 10


def test_a_picture_that_is_none_refuses_its_question_alone(tmp_path: Path) -> None:
    broken = base64.b64encode(b"no picture").decode()
    bad = a_question(
        "multichoice",
        "bad",
        f'<img src="data:image/png;base64,{broken}" alt="x">',
        f"<single>false</single>{THIRDS}",
    )
    good = a_question("truefalse", "good", "Is it?", an_answer("true", "100"))
    taken = Taken(tmp_path, "q.xml", f"<quiz>{bad}{good}</quiz>".encode())
    assert set(taken.items) == {"good"}
    assert "not a picture" in taken.refused["bad"]


@given(st.text(alphabet="{}1:SAMCNUERIL_=~%50#\\ab<p>&lt;\n", max_size=200))
def test_no_cloze_stumbles(text: str) -> None:
    read_cloze(text, Problems("f"))
    data = f"<quiz>{a_question('cloze', 'q', text.replace(']]>', ''))}</quiz>".encode()
    for draft in read_moodle(data, "q.xml", "en", "q"):
        assert whole_or_said(draft)
