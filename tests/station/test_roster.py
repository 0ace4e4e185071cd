"""A roster's faults are all found at once, each with its row and what to do."""

from __future__ import annotations

import pytest

from kiosk.errors import InputRefused
from kiosk.readers.tables import read_table
from kiosk.station.roster import RosterLine, read_roster

SEATS = frozenset({"01", "02", "03"})


def _read(
    text: str, exams: dict[str, str] | None = None, seats: frozenset[str] | None = SEATS
) -> tuple[tuple[RosterLine, ...], tuple[InputRefused, ...]]:
    table = read_table(text.encode(), "roster.csv")
    return read_roster(table, "roster.csv", exams or {"E1": "L4"}, seats)


def test_a_roster_is_read_by_chinese_and_by_english_column_names() -> None:
    chinese, none = _read(
        "准考证号,姓名,级别,机位,加时比例,大字,字号,配色,单独休息\n1,喆,四级,01,25%,是,200%,深色,2\n"
    )
    english, neither = _read(
        "Number,Name,Level,Seat,Extra time percent,Larger text,Text size,Colours,Breaks\n"
        "1,喆,L4,01,25,yes,200,Dark,2\n"
    )

    assert (none, neither) == ((), ())
    assert chinese == english
    assert chinese == (RosterLine("1", "喆", "E1", "01", 25, 0, 200, "dark", 2),)


def test_numbers_that_a_seat_cannot_tell_apart_are_one_number() -> None:
    _, problems = _read("number,name,seat\nA-1,A,01\na1,B,02\nＡ１,C,03\n", {"E1": "L4"}, None)
    assert [one.summary for one in problems] == [
        "the candidate number a1 stands in row 2 already",
        "the candidate number Ａ１ stands in row 2 already",
    ]


def test_an_identity_number_is_checked_and_stands_once_in_an_exam() -> None:
    right, wrong = "440524188001010014", "440524188001010015"
    lines, problems = _read(
        "number,name,seat,id number,exam\n"
        f"1,A,01,{right},E1\n2,B,02,{right},E2\n3,C,03,{wrong},E1\n4,D,04,{right},E1\n",
        {"E1": "L4", "E2": "L4"},
        None,
    )
    assert [line.id_number for line in lines] == [right, right]
    assert [one.summary for one in problems] == [
        "the identity number is not one: its last character does not fit",
        f"the identity number {right} stands in row 2 already",
    ]


def test_larger_text_alone_is_half_as_large_again() -> None:
    lines, _ = _read("number,name,seat,larger text,text size\n1,A,01,yes,\n2,B,02,yes,125\n")
    assert [line.text_size for line in lines] == [150, 150]


def test_reading_aloud_is_granted_by_a_yes() -> None:
    lines, _ = _read("number,name,seat,朗读\n1,A,01,是\n2,B,02,\n")
    assert [line.read_aloud for line in lines] == [True, False]


def test_a_grant_that_there_is_not_is_told_with_what_there_is() -> None:
    _, problems = _read("number,name,seat,text size,colours,breaks\n1,A,01,180,pink,many\n")
    assert [one.summary for one in problems] == [
        "'180' is no text size there is",
        "'pink' are no colours there are",
        "'many' is no number of breaks",
    ]


def test_every_fault_is_told_at_once_with_its_row() -> None:
    _, problems = _read(
        "number,name,level,seat,extra minutes\n"
        "1,A,L4,01,\n"
        "1,B,L4,02,\n"  # duplicate number
        "2,,L4,03,\n"  # empty name
        "3,C,L3,01,\n"  # wrong level, seat twice
        "4,D,L4,09,\n"  # no such seat
        "5,E,L4,,\n"  # no seat
        "=A1,F,L4,02,\n"  # formula
        "6,G,L4,02,soon\n"  # seat twice, no number of minutes
        "a b,H,L4,02,\n"
    )

    assert [(one.where, one.summary) for one in problems] == [
        ("roster.csv, row 3", "the candidate number 1 stands in row 2 already"),
        ("roster.csv, row 4", "the name is empty"),
        ("roster.csv, row 5", "the level 'L3' is not that of exam E1 (L4)"),
        ("roster.csv, row 5", "the seat 01 stands in row 2 already"),
        ("roster.csv, row 6", "no terminal of the plan stands at seat 09"),
        ("roster.csv, row 7", "the seat is empty"),
        ("roster.csv, row 8, column number", "a formula stands here instead of a value"),
        ("roster.csv, row 8", "the seat 02 stands in row 3 already"),
        ("roster.csv, row 9", "the seat 02 stands in row 3 already"),
        ("roster.csv, row 9", "'soon' is no extra time in minutes"),
        ("roster.csv, row 10", "'a b' cannot be a candidate number"),
        ("roster.csv, row 10", "the seat 02 stands in row 3 already"),
    ]
    assert all(one.remedy for one in problems)


@pytest.mark.parametrize(
    ("header", "missing"),
    [("number,seat", "name"), ("name,seat", "candidate number"), ("number,name", "seat")],
)
def test_a_missing_column_is_named(header: str, missing: str) -> None:
    _, problems = _read(f"{header}\n1,01\n")

    assert [one.summary for one in problems] == [f"there is no column for the {missing}"]


def test_with_several_exams_each_candidate_names_one() -> None:
    exams = {"E1": "L4", "E2": "L3"}

    lines, problems = _read("number,name,exam,seat\n1,A,E2,01\n2,B,E9,02\n3,C,,03\n", exams)

    assert [(line.number, line.exam) for line in lines] == [("1", "E2")]
    assert [one.summary for one in problems] == ["the session has no exam 'E9'", "no exam is named"]


def test_where_seats_are_drawn_none_is_needed() -> None:
    lines, problems = _read("number,name\n1,A\n", seats=None)

    assert problems == ()
    assert lines[0].seat is None


def test_an_empty_roster_is_a_fault() -> None:
    _, problems = _read("number,name,seat\n")

    assert [one.summary for one in problems] == ["nobody is on the roster"]
