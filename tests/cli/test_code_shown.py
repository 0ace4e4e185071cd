"""A code in a terminal's window is read off it, or is not shown at all."""

from __future__ import annotations

from contextlib import redirect_stdout

import pytest

from kiosk.cli.code_shown import show_code
from tests.cli.screen_text import Window, codes_in_sixels, codes_on

CODE = "N1:" + "6BFOXN*TS0BI$ZD" * 24


@pytest.fixture(autouse=True)
def console(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text console of 1024x768."""
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLUMNS", "128")
    monkeypatch.setenv("LINES", "48")


def _shown() -> str:
    with redirect_stdout(Window()) as window:
        assert show_code(CODE) == bool(window.getvalue())
    return window.getvalue()


def test_a_scanner_reads_it_off_a_console() -> None:
    assert codes_on(_shown()) == [CODE]


def test_a_scanner_reads_it_off_the_window_of_a_stick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "foot")
    assert codes_in_sixels(_shown()) == [CODE]


@pytest.mark.parametrize(("columns", "lines"), [("80", "25"), ("60", "60"), ("128", "38")])
def test_where_it_would_be_cut_off_it_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, columns: str, lines: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", lines)
    assert _shown() == ""


def test_into_a_file_goes_no_picture(capsys: pytest.CaptureFixture[str]) -> None:
    assert not show_code(CODE)
    assert capsys.readouterr().out == ""
