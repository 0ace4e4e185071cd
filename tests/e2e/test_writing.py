"""A candidate at a real X screen writes Chinese with a keyboard, and the words come out of the package."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.artefacts.answer_package import content_key, open_package, package, read_package, replay
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.tokens import Command
from kiosk.assessment.items import TextEntry
from kiosk.assessment.sitting import value_of
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import people
from kiosk.rehearsal.preparation import EXAM, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.xscreen import OwnScreen, missing_tools, start
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.program import key_store, outbox

BANK = "rare_earth_extraction"
EXAM_OF_WORDS = f"""\
[[exam]]
id = "{EXAM}"
bank = "{BANK}"
level = "L4"
duration_minutes = 60

[exam.blueprint]
pass = 4

[[exam.section]]
kind = "text_entry"
count = 8
points = 1
"""


def begin(state: Path, number: str, proctoring: Proctoring) -> tuple[str, str]:
    """A sitting that stands at a question for words: the item and the response."""
    with HeadlessTerminal(state) as terminal:

        def challenge() -> str:
            assert isinstance(terminal.view, views.Unlock)
            return terminal.view.challenge

        proctoring.release(challenge, lambda code: terminal.do(views.Scanned(code)))
        for intent in (
            views.SignInAs(number),
            views.ConfirmIdentity(mine=True),
            views.Pledge(),
            views.Practise(skip=True),
        ):
            terminal.do(intent)
        at = 0
        while True:
            at += 1
            view = terminal.do(views.GoTo(at))
            assert isinstance(view, views.Exam)
            assert view.question.number == at, "the paper has no question for words"
            interaction = view.question.item.interactions[0]
            if isinstance(interaction, TextEntry) and interaction.base_type == "string":
                return view.question.item.id, interaction.response


@pytest.mark.xvfb
@pytest.mark.skipif(bool(missing_tools()), reason="a real screen needs Xvfb and xdotool")
def test_words_written_at_a_real_screen_come_out_of_the_answer_package(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "day")
    folders.make()
    prepared = Prepared(folders, datetime.now(UTC))
    prepared.bank(Telling(), BANK)
    (person,) = people(1, random.Random(15))
    prepared.enrol_room([person.seat])
    prepared.plan([person], 1, EXAM_OF_WORDS)
    proctoring = Proctoring(prepared.desks())
    state = prepared.terminals[f"T-{person.seat}"]
    item, response = begin(state, person.number, proctoring)

    command = [sys.executable, "-m", "kiosk", "terminal", "run", "--state", str(state)]
    with OwnScreen() as screen:
        program = start(screen, command)
        try:
            screen.wait_for_title("Unlock")
            code = screen.wait_for_code("C1:")
            screen.scan(proctoring.answer(proctoring.desks[0], code, Command.RELEASE))
            screen.wait_for_title("Exam ")
            screen.keys("ctrl+space")
            screen.write("cuiqu")
            screen.keys("space")
            screen.write("xitu")
            screen.keys("1", "Shift_L")
            screen.write("P507")
            screen.keys("Shift_L")
            screen.write("dianjie.")
            title = screen.title()
            while "Review" not in title:
                screen.keys("Return")
                title = screen.wait_for_other_title(title)
            screen.keys("shift+Tab", "Return")
            screen.wait_for_title("asks again")
            screen.keys("shift+Tab", "Return")
            screen.wait_for_title("Done")
        finally:
            program.kill()
            program.wait(10)

    box = outbox(state)
    (line,) = box.waiting
    sealed = package(
        read_package(box.path(line.number).read_bytes()), key_store(state).load().record
    )
    content = open_package(sealed, content_key(sealed, prepared.station.keys(Role.OPENING)))
    assert value_of(replay(content).responses, item, response) == ("萃取稀土P507电解。",)
    prepared.close()
