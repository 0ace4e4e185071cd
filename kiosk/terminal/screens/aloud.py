"""Reads a question aloud through espeak-ng, which works offline and speaks Mandarin and English.

The text goes in by stdin, never as an argument, and no shell is asked. What is read is what a reader
of the screen is told: formulae and drawings by their words.
"""

from __future__ import annotations

import shutil
from typing import Final

from PySide6.QtCore import QObject, QProcess, Signal

from kiosk.assessment.content import plain_text
from kiosk.terminal.views import Question
from kiosk.ui.choice_card import LETTERS
from kiosk.words import text

SPEAKER: Final = "espeak-ng"
PLAYERS: Final = (("aplay", "-q", "-"), ("pw-play", "-"))
"""What may play a WAV from stdin, the first that is there."""
VOICES: Final = {"zh-CN": "cmn", "en": "en"}
WORDS_PER_MINUTE: Final = 150
_BLANK: Final = "___"


def spoken(question: Question, lang: str) -> str:
    """The question and its options as they are read, a line a breath."""
    item = question.item
    words = item.texts.get(lang) or next(iter(item.texts.values()))
    lines = [text("Question {number}", lang, number=question.number), plain_text(words.body)]
    for response, named in words.choices.items():
        order = question.orders.get(response) or tuple(named)
        lines += [
            f"{LETTERS[at % len(LETTERS)]}. {plain_text(named[choice])}"
            for at, choice in enumerate(order)
            if choice in named
        ]
    return "\n".join(filter(None, lines)).replace(_BLANK, text("blank", lang))


def speaker_arguments(lang: str) -> list[str]:
    """What espeak-ng is asked: text by stdin, a WAV to stdout."""
    return ["--stdin", "--stdout", "-v", VOICES[lang], "-s", str(WORDS_PER_MINUTE)]


class Aloud(QObject):
    """Reads one text at a time."""

    failed = Signal()
    """The computer has no voice or no sound."""
    changed = Signal()
    """It began or ended to read."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._speaker: QProcess | None = None
        self._player: QProcess | None = None

    @property
    def reading(self) -> bool:
        return self._player is not None

    def read(self, words: str, lang: str) -> None:
        """Read `words`, in place of what is being read."""
        self.stop()
        player = next((one for one in PLAYERS if shutil.which(one[0])), None)
        if player is None or shutil.which(SPEAKER) is None:
            self.failed.emit()
            return
        self._speaker, self._player = QProcess(self), QProcess(self)
        self._speaker.setStandardOutputProcess(self._player)
        self._player.finished.connect(self._ended)
        self._player.start(player[0], list(player[1:]))
        self._speaker.start(SPEAKER, speaker_arguments(lang))
        self._speaker.write(words.encode())
        self._speaker.closeWriteChannel()
        self.changed.emit()

    def stop(self) -> None:
        """Be silent at once."""
        was = self.reading
        for process in (self._speaker, self._player):
            if process is not None:
                process.blockSignals(True)
                process.kill()
                process.waitForFinished(500)
                process.deleteLater()
        self._speaker = self._player = None
        if was:
            self.changed.emit()

    def _ended(self, code: int, _status: QProcess.ExitStatus) -> None:
        self.stop()
        if code != 0:
            self.failed.emit()
