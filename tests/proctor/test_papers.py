"""The papers of a room say what its desk knows, the same facts as the log, and take names as text."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.slip import slip_for
from kiosk.artefacts.tokens import Command, Reason
from kiosk.documents.content import Grid, Table
from kiosk.documents.pdf import to_pdf
from kiosk.proctor import views
from kiosk.proctor.desk import Desk
from kiosk.proctor.papers import PAPERS, paper, save_paper
from kiosk.proctor.rows import last_acts
from tests.proctor.room import IN_THE_ROOM, SESSION, THIRTY, Room


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    room = Room(tmp_path)
    desk = room.desk()
    desk.sign(desk.propose(desk.read(room.scan()), Command.RELEASE))
    running = desk.read(room.scan(phase=Phase.RUNNING, remaining_s=600, count=3))
    desk.sign(desk.propose(running, Command.EXTEND, minutes=7, reason=Reason.POWER))
    desk.note(SESSION, "incident", "10:20 火警 #panic() $x$")
    desk.hand_in(SESSION, room.terminals[0].record.kid, slip_for(b"package"))
    return desk


def words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_room_record_has_every_fact_of_the_desk(desk: Desk) -> None:
    said = words(to_pdf(paper(desk, SESSION, "record", "zh-CN")))
    for fact in (
        "考场记录",
        "张海燕",
        "10:20火警#panic()$x$",
        "停电",
        "+7",
        "李建国",
        "王珺",
        SESSION,
    ):
        assert fact in said, fact
    assert slip_for(b"package").digits.replace(" ", "") in said


def test_the_seat_plan_stands_as_the_room_does(tmp_path: Path) -> None:
    desk = Room(tmp_path, THIRTY, IN_THE_ROOM).desk()
    grid = paper(desk, SESSION, "plan", "en").blocks[-1]
    assert isinstance(grid, Grid)
    assert grid.columns == 7
    seats = [cell[0] for cell in grid.cells]
    assert seats[:9] == ["01", "02", "03", "", "04", "05", "06", "07", "08"]
    assert seats[35] == "T-31"
    assert "T-30" in words(to_pdf(paper(desk, SESSION, "plan", "en")))


def test_a_common_start_stands_among_what_was_signed_and_is_no_incident(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.start = b"s" * 32
    desk = room.desk()
    code = desk.rooms.sign(SESSION, "common")
    blocks = paper(desk, SESSION, "record", "en").blocks
    _, incidents, signed, _ = (block for block in blocks if isinstance(block, Table))
    assert incidents.rows == ()
    ((_, where, act, told),) = signed.rows
    assert (where, act, told) == ("The whole room", "Common start, code", code)
    (row,) = last_acts(desk, "en")
    assert row.what == f"Common start, code: {code}"


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", PAPERS)
def test_every_paper_names_the_room_and_whom_it_is_about(
    desk: Desk, kind: views.Paper, lang: str
) -> None:
    said = words(to_pdf(paper(desk, SESSION, kind, lang, candidate="0001", words="手机")))
    assert SESSION in said
    assert "张海燕" in said
    assert ("手机" in said) == (kind == "notice")


def test_the_same_facts_give_the_same_bytes(desk: Desk) -> None:
    made = [to_pdf(paper(desk, SESSION, "record", "en")) for _ in range(2)]
    assert made[0] == made[1]
    desk.note(SESSION, "incident", "another")
    assert to_pdf(paper(desk, SESSION, "record", "en")) != made[0]


def test_a_paper_is_written_whole_and_names_nobody_in_its_file(desk: Desk, tmp_path: Path) -> None:
    made = paper(desk, SESSION, "notice", "en", candidate="0001")
    path = save_paper(made, "notice", SESSION, "0001", tmp_path, tmp_path / "none")
    assert path.read_bytes() == to_pdf(made)
    assert "0001" not in path.name


def test_who_came_is_left_open_where_the_desk_does_not_know(tmp_path: Path) -> None:
    desk = Room(tmp_path).desk()
    said = words(to_pdf(paper(desk, SESSION, "record", "en")))
    assert "☐Present☐Camelate☐Absent" in said
    desk.note(SESSION, "absent", "", candidate="0001")
    said = words(to_pdf(paper(desk, SESSION, "record", "en")))
    assert "☐Present" not in said
