"""A whole exam by one way alone: by keyboard, by mouse, by finger; in each language and each theme.

The hands find what they need by its name on the screen, as a person would, and send their events to the
window: what is hidden, covered or off the screen cannot be used.
"""

from itertools import combinations, product

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from kiosk.artefacts.answer_package import replay
from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.screens import guard
from kiosk.terminal.screens.app import TerminalApp
from kiosk.ui.choice_card import ChoiceCard
from kiosk.ui.panels import keep_in_sight
from kiosk.ui.tokens import Theme
from kiosk.words import text
from tests.terminal.room import Room
from tests.terminal.test_day import opened


class Hands:
    """What the three ways have in common: the window, and finding things in it by name."""

    def __init__(self, window, lang):
        self.window = window
        self.lang = lang

    def named(self, name, kind=QAbstractButton):
        """The shown control whose accessible name begins with `name`, in the language of the story."""
        QApplication.processEvents()
        words = text(name, self.lang)
        found = [
            one
            for one in self.window.findChildren(kind)
            if one.isVisible() and one.isEnabled() and one.accessibleName().startswith(words)
        ]
        assert found, f"nothing is called {words!r}"
        return found[0]

    def cards(self):
        cards = [one for one in self.window.findChildren(ChoiceCard) if one.isVisible()]
        return sorted(cards, key=lambda card: card.mapTo(self.window, QPoint()).y())

    def press(self, name):
        self.use(self.named(name))

    def middle(self, part):
        keep_in_sight(part)
        QApplication.processEvents()
        at = part.mapTo(self.window, part.rect().center())
        assert self.window.rect().contains(at), f"{part.accessibleName()} is off the screen"
        return at


class Keyboard(Hands):
    def use(self, part):
        for _ in range(200):
            focused = QApplication.focusWidget()
            if focused is part:
                QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Space)
                return
            QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_Tab)
        raise AssertionError(f"{part.accessibleName()} cannot be reached by Tab")

    def choose(self, number):
        QTest.keyClick(self.window.windowHandle(), str(number))

    def write(self, words):
        QTest.keyClicks(QApplication.focusWidget(), words)

    def theme(self, name):
        self.use(self.window.header.theme_button)
        down = list(Theme).index(name)
        for key in (Qt.Key.Key_Home, *[Qt.Key.Key_Down] * down, Qt.Key.Key_Return):
            QTest.keyClick(self.window.windowHandle(), key)


class Mouse(Hands):
    def use(self, part):
        self.at(self.middle(part))

    def at(self, place):
        QTest.mouseClick(
            self.window.windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            place,
        )

    def choose(self, number):
        self.use(self.cards()[number - 1])

    def write(self, words):
        field = next(one for one in self.window.findChildren(QLineEdit) if one.isVisible())
        self.use(field)
        if not self.window.keyboard.isVisible():
            self.press("Keys to press on the screen")
        for sign in words:
            key = self.window.keyboard.key(sign)
            if key.text() != sign:
                self.use(self.window.keyboard.key("123"))
            self.use(key)

    def theme(self, name):
        self.use(self.window.header.theme_button)
        rows = [
            one
            for one in self.window.findChildren(QWidget)
            if one.isVisible() and getattr(one, "identifier", "") == name
        ]
        self.use(rows[0])


class Finger(Mouse):
    def __init__(self, window, lang):
        super().__init__(window, lang)
        self.screen = QTest.createTouchDevice()

    def at(self, place):
        handle = self.window.windowHandle()
        QTest.touchEvent(handle, self.screen).press(0, place, handle).commit()
        QTest.touchEvent(handle, self.screen).release(0, place, handle).commit()


WAYS = {"keyboard": Keyboard, "mouse": Mouse, "finger": Finger}
LANGUAGES = ("en", "zh-CN")
STORIES = tuple(product(WAYS, LANGUAGES, Theme))
PAIRED = tuple(
    story
    for story, places in zip(STORIES, product(range(3), range(2), range(4)), strict=True)
    if sum(places) % 2 == 0
)
"""Every second story, as on a chessboard: the fewest that have each pair of two values."""


def test_the_stories_of_each_run_have_each_pair_of_way_language_and_theme():
    for one, other in combinations(range(3), 2):
        pairs = {(story[one], story[other]) for story in STORIES}
        assert {(story[one], story[other]) for story in PAIRED} == pairs
    assert len(PAIRED) == len(WAYS) * len(Theme)  # fewer would miss a way in a theme


@pytest.mark.parametrize(
    ("way", "lang", "theme"),
    [
        pytest.param(*story, marks=() if story in PAIRED else pytest.mark.campaign)
        for story in STORIES
    ],
)
def test_a_whole_exam_by_one_way_alone(qtbot, tmp_path, monkeypatch, way, lang, theme):
    monkeypatch.setattr(guard, "MOST_AT_ONCE", 10_000)  # these hands are faster than any
    room = Room()
    made = []

    def ports_of(*arguments):
        made.append(room.ports_of(room.terminals[0])(*arguments))
        return made[0]

    app = TerminalApp(tmp_path, time=room.time, ports_of=ports_of)
    app.start(windowed=True)
    window = app.window
    window.resize(1366, 768)
    qtbot.waitExposed(window)

    def until(kind, **shown):
        def reached():
            assert isinstance(window.view, kind), window.view
            for name, value in shown.items():
                assert getattr(window.view, name) == value

        qtbot.waitUntil(reached, timeout=8000)

    class Terminal:
        view = window.view
        ports = made[0]

    try:
        window.intent.emit(views.Scanned(room.code(Terminal, Command.RELEASE)))
        until(views.SignIn)
        hands = WAYS[way](window, "zh-CN")
        if lang == "en":
            hands.use(window.header.language_button)
        hands.lang = lang
        hands.theme(theme)
        assert (window.look.lang, window.look.theme) == (lang, theme)
        window.screen_of(views.SignIn).field.setFocus()
        hands.write(room.candidates[0].number)
        hands.press("Continue")
        until(views.Confirm)
        hands.press("This is me")
        until(views.Rules, pledged=False)
        hands.press("I promise")
        until(views.Rules, pledged=True)
        while isinstance(window.view, views.Rules):
            before = window.view
            last = before.practice is not None and before.practice_number == before.practice_count
            first = "Continue" if before.practice is None else "Next"
            hands.press("Start the exam" if last else first)
            qtbot.waitUntil(lambda before=before: window.view is not before, timeout=8000)
        given = {}
        for number in range(1, 7):
            until(views.Exam)
            item = window.view.question.item.id
            if item.startswith("i"):
                hands.choose(2)
                given[item] = window.view.question.orders["RESPONSE"][1]
            else:
                hands.write("12")
                given[item] = "12"
            until(views.Exam, saved=views.Saved.SAVED)
            if number == 3:
                hands.press("Flag")
                until(views.Exam, flagged=True)
            if number < 6:
                hands.press("Next")
                qtbot.waitUntil(
                    lambda number=number: window.view.question.number == number + 1, timeout=8000
                )
        hands.press("Review and hand in…")
        until(views.Review, confirming=False)
        hands.press("Hand in…")
        until(views.Review, confirming=True)
        hands.press("Hand in for good")
        until(views.Done)
        line = made[0].outbox.find(room.id, 0)
        sitting = replay(opened(room, made[0].outbox.package(line)))
        assert {item: one["RESPONSE"][0] for item, one in sitting.responses.items()} == given
        assert len(sitting.flags) == 1
    finally:
        app.close()
