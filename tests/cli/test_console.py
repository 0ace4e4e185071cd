"""On the kernel's own console nobody is shown Chinese, which its font lacks."""

from __future__ import annotations

import sys

import pytest

from kiosk.cli.shown import lang, shown_languages


@pytest.mark.parametrize(
    ("term", "to_people", "language", "shown"),
    [
        ("linux", True, "en", ("en",)),
        ("linux", False, "zh-CN", ("zh-CN", "en")),
        ("xterm-256color", True, "zh-CN", ("zh-CN", "en")),
    ],
)
def test_the_console_speaks_english(
    term: str,
    to_people: bool,
    language: str,
    shown: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: to_people, raising=False)
    assert lang() == language
    assert shown_languages() == shown
