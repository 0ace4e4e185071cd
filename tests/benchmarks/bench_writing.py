"""From a letter of pinyin until its words are painted, in the window of the terminal.

Against the same letter typed as it is and painted, in the same field of the same window, letter by
letter; and until the engine alone has found the words.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from tests.benchmarks.measure import Result, percentile

SENTENCE = "cuiqujishifenlixitujinshudezhongyaofangfadianjiedeyangjicailiao"
"""A new start every seven letters, as one writes word by word."""
WORD = 7


def run(letters: int = 1_000) -> list[Result]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from kiosk.errors import KioskError
    from kiosk.writing.engine import engine

    try:
        engine()
    except KioskError as fault:
        return [Result(name="pinyin, a key to its painted words", skipped=str(fault))]
    words, plain, found = _measured(letters)
    return [
        Result(
            name=f"pinyin, a key to its painted words, p{percent}",
            value=percentile(words, percent),
            unit="ms",
            against=f"the same key typed plainly and painted, p{percent}",
            ratio=percentile(words, percent) / percentile(plain, percent),
            runs=letters,
        )
        for percent in (50, 99)
    ] + [
        Result(
            name="pinyin, a key to its words in the engine, p99",
            value=percentile(found, 99),
            unit="ms",
            against="a key to its painted words, p99",
            ratio=percentile(found, 99) / percentile(words, 99),
            runs=letters,
        )
    ]


def _measured(letters: int) -> tuple[list[float], list[float], list[float]]:
    """Ms a letter: with its words painted, plainly painted, in the engine alone."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from kiosk.terminal.screens.window import TerminalWindow
    from kiosk.writing.composing import Composer
    from kiosk.writing.engine import engine
    from tests.terminal.screens import sample_views
    from tests.ui import interactions

    application = QApplication.instance() or QApplication([])
    window = TerminalWindow()
    window.resize(1366, 768)
    window.show()
    window.show_view(sample_views.an_exam(interactions.extended_text(), number=3))
    window.activateWindow()
    application.processEvents()
    field = window.focusWidget()
    assert field is not None
    control = Qt.KeyboardModifier.ControlModifier

    def pressed(letter: str) -> float:
        def act() -> None:
            QTest.keyClick(field, letter)
            application.processEvents()  # paints what the key has changed

        return _ms(act)

    def toggled() -> None:
        QTest.keyClick(field, Qt.Key.Key_Space, control)
        application.processEvents()

    composer = Composer(engine())
    words, plain, found = [], [], []
    for begin in range(0, letters, WORD):
        word = [SENTENCE[at % len(SENTENCE)] for at in range(begin, min(begin + WORD, letters))]
        plain += [pressed(letter) for letter in word]
        toggled()
        words += [pressed(letter) for letter in word]
        QTest.keyClick(field, Qt.Key.Key_Escape)
        for letter in word:
            found.append(_ms(lambda letter=letter: (composer.spell(letter), composer.spelling)))
        composer.drop()
        toggled()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
    window.guard.release()
    window.close()
    return words, plain, found


def _ms(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1_000
