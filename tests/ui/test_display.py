"""Without a screen a program says so; it does not end with a signal."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli import run


@pytest.mark.parametrize("program", ["terminal", "proctor"])
def test_without_a_screen_a_window_is_refused_in_words(
    program: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert run([program, "run", "--state", str(tmp_path)]) == 1
    assert "no screen" in capsys.readouterr().err
