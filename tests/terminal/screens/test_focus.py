"""Where the keyboard is, one sees: on every screen, in every theme."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.terminal.screens.window import TerminalWindow
from kiosk.ui import controls as drawn
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Theme
from tests.terminal.screens.sample_views import all_views
from tests.ui.focus import controls, faint, kind

VIEWS = all_views()
THEMES = tuple(Theme)


@pytest.fixture(scope="module")
def window(qapp):
    made = TerminalWindow()
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    made.guard.release()
    made.close()


def unseen(window, theme, names, known=None):
    """What is not seen well where it has the focus, by screen and control; one of each kind when
    there is a set for what is `known`."""
    window.set_look(Look("zh-CN", theme))
    found = {}
    for name in names:
        window.show_view(VIEWS[name])
        QApplication.processEvents()
        for part in controls(window):
            if known is not None and kind(part) in known:
                continue
            if known is not None:
                known.add(kind(part))
            if wrong := faint(window, part):
                found[name, type(part).__name__, part.accessibleName()] = wrong
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_each_kind_of_control_shows_that_it_has_the_focus(window, theme):
    """Each screen in one theme; `make campaign` goes through all in all."""
    assert unseen(window, theme, list(VIEWS)[THEMES.index(theme) :: len(THEMES)], set()) == {}


def test_a_ring_that_is_too_faint_or_too_thin_is_found(window, monkeypatch):
    whole = drawn.paint_ring

    def faint_ring(painter, shape, radius, look):
        painter.setOpacity(0.3)
        whole(painter, shape, radius, look)

    for name, value in (("FOCUS_WIDTH", 1), ("paint_ring", faint_ring)):
        with monkeypatch.context() as patched:
            patched.setattr(drawn, name, value)
            found = unseen(window, Theme.LIGHT, ["review"])
        assert found
        assert all("pixels" in wrong or "same" in wrong for wrong in found.values())


@pytest.mark.campaign
@pytest.mark.parametrize("theme", THEMES)
def test_every_control_of_every_screen_shows_that_it_has_the_focus(window, theme):
    assert unseen(window, theme, VIEWS) == {}
