"""Whatever a window showed before, it shows a view as a new window does: nothing kept from before counts."""

import random
from functools import cache
from itertools import count

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget

from kiosk.assessment.display import TEXT_SIZES, Display
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.views import Saved
from kiosk.ui.tokens import Theme
from tests.terminal.screens import sample_views as sample

VIEWS = {
    name: replace(view, notice=None) if hasattr(view, "notice") else view
    for name, view in sample.all_views().items()
    if name
    in (
        "unlock",
        "sign_in",
        "confirm",
        "rules",
        "practice",
        "exam",
        "exam_multiple",
        "exam_figure",
        "exam_fields",
        "exam_part",
        "exam_part_last_question",
        "exam_one_way",
        "exam_all_tools",
        "exam_aloud",
        "exam_long",
        "part",
        "review",
        "hand_in",
        "alarm",
        "paused",
        "done",
    )
} | {
    "exam_long_name": sample.an_exam(header=sample.a_header("Alexandra Wilhelmina Featherstone")),
    "exam_stopped": sample.an_exam(clock=sample.a_clock(running=False)),
    "exam_unsaved": sample.an_exam(saved=Saved.NONE),
    "exam_not_saved": sample.an_exam(saved=Saved.FAILED),
    "practice_last": replace(sample.all_views()["practice"], practice_number=4),
    "exam_answered": sample.an_exam(responses={"R": ("c",)}, flagged=True, note="1"),
}
LANGUAGES = ("zh-CN", "en")
THEMES = (Theme.LIGHT.value, Theme.CONTRAST.value)
SMALL, USUAL, LARGE = SIZES = ((1024, 768), (1366, 768), (1920, 1080))


def a_window(size, display, view):
    window = TerminalWindow(lang="en")
    window.resize(*size)
    window.have_display(display)
    window.show()
    window.show_view(view)
    return window


@cache
def places_in_a_new_window(size, display, name):
    window = a_window(size, display, VIEWS[name])
    try:
        return places(window)
    finally:
        closed(window)


def closed(window):
    window.guard.release()
    window.close()


def places(window):
    """Where everything one sees stands in what it is part of, and what it says."""
    for _ in range(3):
        QApplication.processEvents()
    return set(_places(window, ""))


def _places(part, path):
    numbers = {}
    scrolled = isinstance(part.parent(), QScrollArea) and part.parent().viewport() is part
    for child in part.children():
        if not isinstance(child, QWidget) or not child.isVisible() or child.isWindow():
            continue
        kind = type(child).__name__
        here = f"{path}/{kind}{next(numbers.setdefault(kind, count()))}"
        place = child.geometry().getRect()
        words = child.text() if isinstance(child, QLabel | QAbstractButton) else ""
        yield here, place[2:] if scrolled else place, words
        yield from _places(child, here)


class Lived:
    """A window that has shown other things."""

    def __init__(self):
        self.size, self.display, self.name = USUAL, Display("en"), "unlock"
        self.window = a_window(self.size, self.display, VIEWS[self.name])

    def take(self, step):
        match step:
            case str():
                self.name = step
                self.window.show_view(VIEWS[step])
            case Display():
                self.display = step
                self.window.have_display(step)
            case _:
                self.size = step
                self.window.resize(*step)

    def traces(self):
        """What is not where, or not what, it is in a new window."""
        return places(self.window) ^ places_in_a_new_window(self.size, self.display, self.name)


@pytest.fixture
def lived(qapp):
    made = Lived()
    yield made
    closed(made.window)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            [Display("zh-CN", scale=150), "exam_long_name", "exam_stopped"],
            id="a long name at the seat before",
        ),
        pytest.param(
            [Display("en", scale=150), "exam_stopped", "rules", "exam_stopped"],
            id="a page without a clock",
        ),
        pytest.param(
            [Display("zh-CN", scale=150, clock_folded=True), "exam", Display("zh-CN", scale=150)],
            id="a clock that was folded",
        ),
        pytest.param(
            [Display("zh-CN", scale=125, clock_folded=True), "exam_part_last_question", SMALL],
            id="a strip that says more below",
        ),
        pytest.param([SMALL, "exam_long", "review"], id="a page that scrolled"),
        pytest.param(
            [SMALL, Display("en", scale=200), "practice_last", "practice"],
            id="a bar with one button less",
        ),
    ],
)
def test_nothing_is_left_of(lived, steps):
    for step in steps:
        lived.take(step)
        QApplication.processEvents()
    assert lived.traces() == set()


def a_step(chance):
    match chance.randrange(6):
        case 0 | 1 | 2:
            return chance.choice(sorted(VIEWS))
        case 3 | 4:
            lang, theme = chance.choice(LANGUAGES), chance.choice(THEMES)
            return Display(lang, theme, chance.choice(TEXT_SIZES), chance.random() < 0.3)
        case _:
            return chance.choice(SIZES)


@pytest.mark.parametrize(
    ("seed", "looks"),
    [(1, 12), *(pytest.param(seed, 200, marks=pytest.mark.campaign) for seed in range(2, 12))],
)
def test_whatever_was_shown_before_leaves_no_trace(lived, seed, looks):
    chance, taken = random.Random(seed), []
    for _ in range(looks):
        for _ in range(chance.randint(1, 4)):
            taken.append(a_step(chance))
            lived.take(taken[-1])
        assert lived.traces() == set(), taken[-8:]
