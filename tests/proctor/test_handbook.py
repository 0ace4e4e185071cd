"""The proctor's handbook speaks of buttons and commands that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.cli import built
from kiosk.cli.proctor import app
from kiosk.words.extract import PACKAGE, sentences

HANDBOOK = Path(__file__).parents[2] / "docs" / "proctor.md"


def test_every_button_the_handbook_names_is_a_sentence_of_the_desk() -> None:
    # What a proctor signs is named by the tokens.
    said = {said.one for part in ("proctor", "artefacts") for said in sentences(PACKAGE / part)[0]}
    named = set(re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", HANDBOOK.read_text("utf-8")))
    assert named
    assert named <= said


@pytest.mark.parametrize("option", [False, True])
def test_every_command_the_handbook_shows_exists(option: bool) -> None:
    commands = built(app).commands  # type: ignore[attr-defined]
    shown = re.findall(r"kiosk proctor (\w+)([^`\n]*)", HANDBOOK.read_text("utf-8"))
    assert {name for name, _ in shown} == set(commands)
    if option:
        for name, rest in shown:
            known = {flag for parameter in commands[name].params for flag in parameter.opts}
            assert set(re.findall(r"--[\w-]+", rest)) <= known, name
