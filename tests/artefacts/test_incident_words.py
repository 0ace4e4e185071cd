"""What a journal calls by a code is said in words at the station."""

from __future__ import annotations

import ast
from pathlib import Path

import kiosk.terminal
from kiosk.artefacts.incident_words import INCIDENT_WORDS, incidents_said
from kiosk.terminal import trouble


def _journalled() -> set[str]:
    """The codes that the terminal's program writes down as they stand in it."""
    calls = {"incident": 0, "thaw": 0, "Incident": 1}
    return {
        given.value
        for path in Path(kiosk.terminal.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in calls
        for given in node.args[calls[name] : calls[name] + 1]
        if isinstance(given, ast.Constant) and isinstance(given.value, str)
    }


def test_every_incident_that_a_terminal_journals_has_words() -> None:
    found = _journalled()
    assert {"focus-lost", "asleep", "code-refused"} <= found
    troubles = {
        trouble.DISK_FULL,
        trouble.DISK_READ_ONLY,
        trouble.DISK_FAILING,
        trouble.SECOND_SCREEN,
        trouble.SCREEN_SMALL,
        trouble.KEYBOARD_GONE,
        trouble.BATTERY_LOW,
    }
    assert found | troubles <= INCIDENT_WORDS.keys()


def test_incidents_are_told_once_with_how_often() -> None:
    codes = ("focus-lost", "T-51", "focus-lost", "of-tomorrow", "misconduct")
    assert incidents_said(codes, "en") == (
        "another program had the keyboard (2), a second screen was connected, of-tomorrow, "
        "Misconduct, goes on"
    )
    assert incidents_said(codes, "zh-CN") == (
        "其他程序占用了键盘（2）、接入了第二块屏幕、of-tomorrow、违规，继续考试"
    )
