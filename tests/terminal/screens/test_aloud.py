"""A question is read aloud by a real voice, for those who were granted it, and stops on every move."""

import io
import os
import shutil
import subprocess
import wave

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.assessment.accommodations import READ_ALOUD, codes
from kiosk.terminal.screens import aloud
from kiosk.terminal.screens.window import TerminalWindow
from tests.terminal.screens import sample_views as sample

QUESTION = sample.a_question(sample.single_choice(), 18)


@pytest.fixture
def screen(qtbot):
    window = TerminalWindow(lang="en")
    qtbot.addWidget(window, before_close_func=lambda window: window.guard.release())
    window.show()
    window.show_view(sample.an_exam(read_aloud=True))
    return window.screen_of(type(window.view))


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A voice and a player that write down what they get."""

    def made(name, line):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        program.chmod(0o755)

    made("espeak-ng", f'echo "$@" > {tmp_path}/arguments; cat')
    made("aplay", f"cat > {tmp_path}/played; sleep 30")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_what_is_read_is_the_question_with_its_options_in_their_order():
    lines = aloud.spoken(QUESTION, "en").split("\n")
    assert lines[0] == "Question 18"
    assert lines[1].startswith("Extracting with P507")
    assert lines[2:5] == ["A. It rises", "B. It falls", "C. It stays the same"]
    fields = sample.a_question(sample.fields_item(), 100)
    assert "___" not in aloud.spoken(fields, "zh-CN")
    assert "空" in aloud.spoken(fields, "zh-CN")


@pytest.mark.skipif(shutil.which(aloud.SPEAKER) is None, reason="no espeak-ng here")
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_real_voice_says_it_in_both_languages(lang):
    words = aloud.spoken(QUESTION, lang).encode()
    command = [aloud.SPEAKER, *aloud.speaker_arguments(lang)]
    sound = subprocess.run(command, input=words, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(sound)) as found:
        frames = found.readframes(10_000_000)
        assert len(frames) / found.getframerate() / 2 > 5  # seconds
    assert max(frames) > 0
    assert len(set(frames)) > 100


def test_the_key_and_the_button_read_and_stop(screen, programs, qtbot):
    QTest.keyClick(screen, Qt.Key.Key_R)
    played = programs / "played"
    qtbot.waitUntil(lambda: played.exists() and played.stat().st_size > 0)
    assert screen.question.aloud.text() == "Stop reading"
    assert played.read_text(encoding="utf-8") == aloud.spoken(screen._view.question, "en")
    assert "Extracting" not in (programs / "arguments").read_text(encoding="utf-8")
    QTest.mouseClick(screen.question.aloud, Qt.MouseButton.LeftButton)
    assert not screen.aloud.reading
    assert screen.question.aloud.text() == "Read aloud"


def test_a_move_stops_the_reading(screen, programs, qtbot):
    screen.question.aloud.click()
    assert screen.aloud.reading
    screen.show_view(sample.an_exam(number=19, read_aloud=True), screen._look)
    assert not screen.aloud.reading


def test_a_computer_without_sound_says_so_in_plain_words(screen, monkeypatch):
    monkeypatch.setattr(aloud, "PLAYERS", ())
    screen.question.aloud.click()
    assert screen.question.silent.isVisible()
    assert screen.question.silent.text().startswith("This computer has no sound")


def test_a_player_that_fails_is_said_too(screen, programs, qtbot):
    (programs / "aplay").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    screen.question.aloud.click()
    qtbot.waitUntil(screen.question.silent.isVisible)
    assert not screen.aloud.reading


def test_only_who_was_granted_it_has_it(screen):
    screen.show_view(sample.an_exam(number=20), screen._look)
    assert not screen.question.aloud.isVisible()
    QTest.keyClick(screen, Qt.Key.Key_R)
    assert not screen.aloud.reading
    granted = codes(extra_time=False, text_size=0, colours="", breaks=0, read_aloud=True)
    assert granted == (READ_ALOUD,)
