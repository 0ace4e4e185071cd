"""What the admin's pages and the examples say is what the program does."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import pytest

from kiosk.cli import built
from kiosk.cli.station import app
from kiosk.errors import InputRefused
from kiosk.readers.tables import read_table
from kiosk.scoring.blueprint import read_blueprint
from kiosk.station.plan_file import read_plan_file
from kiosk.station.room_layout import read_layout
from kiosk.station.roster import COLUMNS, passed_over, read_roster

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "packaging" / "examples"
PAGE = (ROOT / "docs" / "admin.md").read_text("utf-8")

LINES = [
    line
    for page in (
        "admin.md",
        "marking.md",
        "results.md",
        "backup.md",
        "province.md",
        "certificates.md",
    )
    for line in (ROOT / "docs" / page).read_text("utf-8").splitlines()
    if line.startswith("kiosk station ")
]


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_the_page_is_one(line: str) -> None:
    _, _, name, *words = shlex.split(line)
    command = built(app).commands[name]  # type: ignore[attr-defined]
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    known = {option for parameter in command.params for option in parameter.opts}

    assert {word for word in words if word.startswith("--")} <= known


def test_the_pages_have_every_command_of_the_station() -> None:
    shown = {shlex.split(line)[2] for line in LINES}

    assert shown == set(built(app).commands)  # type: ignore[attr-defined]


def test_every_roster_column_is_on_the_page() -> None:
    assert [names[0] for names in COLUMNS.values() if names[0] not in PAGE] == []


def test_the_example_is_a_plan_with_a_roster_that_can_be_held() -> None:
    path = EXAMPLES / "plan.toml"
    plan = read_plan_file(path)
    (exam,) = plan.exams
    blueprint = read_blueprint(
        {
            "blueprint": {"id": exam.id, "level": exam.level, **exam.blueprint},
            "section": exam.section,
        }
    )
    table = read_table((EXAMPLES / plan.roster).read_bytes(), plan.roster)
    seats = frozenset(part.seat for part in plan.terminals if part.seat)
    lines, problems = read_roster(table, plan.roster, {exam.id: exam.level}, seats)

    wrong: list[InputRefused] = []
    layout = read_table((EXAMPLES / "room-3.csv").read_bytes(), "room-3.csv")
    stands = read_layout(layout, "room-3.csv", wrong.append)
    assert [(one.name, one.seat) for one in stands] == [
        (one.name, one.seat) for one in plan.terminals
    ]
    assert wrong == []
    assert blueprint.total == 100
    assert (problems, passed_over(table)) == ((), ())
    assert len(lines) == len(seats)


def test_the_example_names_every_entry_of_a_plan() -> None:
    from kiosk.station.plan_file import ExamPart, PlanFile, PolicyPart

    plain = tomllib.loads((EXAMPLES / "plan.toml").read_text("utf-8"))
    text = (EXAMPLES / "plan.toml").read_text("utf-8")

    assert set(PlanFile.__struct_encode_fields__) == {*plain, "layout"}
    assert "# layout = " in text
    assert set(PolicyPart.__struct_encode_fields__) == set(plain["policy"])
    assert [name for name in ExamPart.__struct_encode_fields__ if name not in text] == []
