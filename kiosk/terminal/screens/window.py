"""The terminal's one window: the header, a strip for notices, and the screen of the view.

How the screen looks is the window's own: a change draws the same view again, and tells the flow, so
that it comes back after a crash. Screens are built when their view first comes, so that the first is fast.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.assessment.content import Paragraph, Text
from kiosk.assessment.display import Display
from kiosk.terminal import views
from kiosk.terminal.screens.guard import Guard
from kiosk.terminal.screens.header import Header
from kiosk.terminal.screens.notice_strip import NoticeStrip
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.screens.title import window_title
from kiosk.terminal.views import Clock, Saved, View
from kiosk.ui.document import Media
from kiosk.ui.fonts import require_cjk_font
from kiosk.ui.option_list import OptionList
from kiosk.ui.panels import settle_layouts
from kiosk.ui.scan import ScanSource
from kiosk.ui.speech import announce, is_heard, is_typing, sentences
from kiosk.ui.theme import THEMES, Look, qt_palette
from kiosk.ui.tokens import SCALES, Theme
from kiosk.ui.touch_keyboard import TouchKeyboard
from kiosk.words import LANGUAGES, text

_SCREENS: dict[type, tuple[str, str]] = {
    views.Unlock: ("unlock", "UnlockScreen"),
    views.SignIn: ("sign_in", "SignInScreen"),
    views.Confirm: ("confirm", "ConfirmScreen"),
    views.Rules: ("rules", "RulesScreen"),
    views.Waiting: ("waiting", "WaitingScreen"),
    views.Exam: ("exam", "ExamScreen"),
    views.PartPage: ("part", "PartScreen"),
    views.Review: ("review", "ReviewScreen"),
    views.Done: ("done", "DoneScreen"),
    views.GivenAway: ("given_away", "GivenAwayScreen"),
    views.Alarm: ("alarm", "AlarmScreen"),
    views.Paused: ("paused", "PausedScreen"),
    views.Trouble: ("trouble", "TroubleScreen"),
    views.ProctorMenu: ("proctor_menu", "ProctorMenuScreen"),
    views.Checks: ("checks", "ChecksScreen"),
    views.DeviceTest: ("device_test", "DeviceTestScreen"),
}
HEARD_AFTER_MS = 1_000
_WITH_MEDIA = (views.Rules, views.Exam)
_WITH_FIELDS = (views.SignIn, views.Rules, views.Exam, views.ProctorMenu)
"""Views that a person may write in."""


class TerminalWindow(QWidget):
    """Shows views and sends intents.

    Args:
        media: the PNG bytes of a picture of the opened bank, by its digest.
        lost_focus: called each time the window loses the keyboard.
        hurried: called when keys begin to come faster than a hand can press them.

    Raises:
        KioskError: no font for Chinese is installed.
    """

    intent = Signal(object)

    def __init__(
        self,
        *,
        lang: str = LANGUAGES[0],
        media: Media | None = None,
        lost_focus: Callable[[], None] | None = None,
        hurried: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        require_cjk_font()
        self._display = Display(lang)
        self._look = Look(lang)
        self._media = media
        self._themes: OptionList | None = None
        self._view: View | None = None
        self._screens: dict[type, Screen] = {}
        self._keys: QWidget | None = None
        self._spoken: list[str] = []
        self._states: dict[str, str] = {}
        self._told = Saved.SAVED
        self._focused: tuple[QWidget | None, str] = (None, "")
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setPalette(qt_palette(self._look))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        # The window has the size of its screen, whatever would like to be wider.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.header = Header(self)
        self.notices = NoticeStrip(self)
        self._stack = QStackedWidget(self)
        column.addWidget(self.header)
        column.addWidget(self.notices)
        column.addWidget(self._stack, 1)
        self.keyboard = TouchKeyboard(self, self.header.keyboard_button, self.header)
        column.addWidget(self.keyboard)
        self.keyboard.serves.connect(self._keys_serve)
        self.header.size_pressed.connect(lambda: self._scale_by(1, around=True))
        self.header.theme_pressed.connect(self._open_themes)
        self.header.clock_pressed.connect(self._fold_clock)
        self.header.name_held.connect(self.open_proctor_menu)
        self.header.language_pressed.connect(self._switch_language)
        self.intent.connect(self._note_intent)
        self.guard = Guard(self, lost_focus, hurried)
        # Picking the first of a pair changes words and sends nothing.
        self.guard.acted.connect(self._speak_changes, Qt.ConnectionType.QueuedConnection)
        self.guard.acted.connect(self.keyboard.look_again, Qt.ConnectionType.QueuedConnection)
        self.guard.touched.connect(self.keyboard.touch)
        self.scans = ScanSource(self)
        self.scans.scanned.connect(lambda code: self.intent.emit(views.Scanned(code)))
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self.guard)
        application.installEventFilter(self.scans)

    @property
    def look(self) -> Look:
        return self._look

    @property
    def view(self) -> View | None:
        """What is shown."""
        return self._view

    def screen_of(self, kind: type) -> Screen:
        """The screen for a kind of view; built when it is first asked for."""
        if kind not in self._screens:
            module, name = _SCREENS[kind]
            made = getattr(import_module(f"kiosk.terminal.screens.{module}"), name)
            screen: Screen = (
                made(self._stack, self._media) if kind in _WITH_MEDIA else made(self._stack)
            )
            screen.intent.connect(self.intent)
            screen.keys_away.connect(self.keyboard.dismiss)
            self._screens[kind] = screen
            self._stack.addWidget(screen)
        return self._screens[kind]

    def show_view(self, view: View) -> None:
        """Show `view`; nothing that stays the same is touched."""
        if self._only_the_header_differs(view):
            self._view = view
            self._draw_header(view)
            self._tell_saved()
            return
        before = self._stack.currentWidget()
        screen = self.screen_of(type(view))
        if isinstance(before, Screen) and before is not screen:
            before.leave()
        self._view = view
        self._draw(screen)
        if before is not screen:
            if self._themes is not None:
                self._themes.close_list()
            home = screen.home_focus()
            # Asked for before the page comes, or Qt lets the focus wander on its way there.
            (home or self).setFocus(Qt.FocusReason.OtherFocusReason)
            self._stack.setCurrentWidget(screen)
            (home or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self.keyboard.look_again()
        settle_layouts()
        self._speak(screen, arrived=before is not screen)

    def tick(self, clock: Clock) -> None:
        """A second passed: redraws nothing but the time."""
        self.header.tick(clock)
        screen = self._stack.currentWidget()
        if isinstance(screen, Screen):
            screen.tick(clock)

    def set_look(self, look: Look) -> None:
        """Draw the same view in another language, theme or size."""
        self.have_display(
            replace(self._display, lang=look.lang, theme=look.theme.value, scale=look.scale)
        )

    def have_display(self, display: Display) -> None:
        """Draw the same view as `display` says."""
        self.header.clock.fold(display.clock_folded)
        look = Look(display.lang, Theme(display.theme), display.scale)
        self._display = display
        if look == self._look:
            return
        self._look = look
        self.setPalette(qt_palette(look))
        if self._view is not None:
            screen = self.screen_of(type(self._view))
            self._draw(screen)
            settle_layouts()
            self._speak(screen, arrived=False)

    def fill_screen(self) -> None:
        """Cover the whole screen: without a window manager `showFullScreen` alone does not."""
        screen = self.screen()
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.setGeometry(screen.geometry())

    def is_on_screen(self) -> bool:
        """Whether anything of the window can be seen, as far as the display tells."""
        return self.windowHandle().isExposed() and not self.isMinimized()

    def come_back(self) -> None:
        """Show the window anew after another program took it off the screen."""
        focused = self.focusWidget()
        self.hide()  # or Qt takes it for shown
        self.fill_screen()
        self.come_forward()
        if focused is not None:
            focused.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def come_forward(self) -> None:
        """Be over other windows, and have the keyboard."""
        self.raise_()
        self.activateWindow()

    def open_proctor_menu(self) -> None:
        """Ask for the proctor's menu, by F12 or a long press on the name at the top."""
        if not isinstance(self._view, views.ProctorMenu):
            self.intent.emit(views.OpenProctorMenu())

    # --- keys and size ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and key in (
            Qt.Key.Key_Plus,
            Qt.Key.Key_Equal,
        ):
            self._scale_by(1)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_Minus:
            self._scale_by(-1)
        elif key == Qt.Key.Key_F1:
            self._open_keys()
        elif key == Qt.Key.Key_F9:
            if not event.isAutoRepeat():
                self.intent.emit(views.RaiseAlarm())
        elif key == Qt.Key.Key_F12:
            self.open_proctor_menu()
        else:
            screen = self._stack.currentWidget()
            if isinstance(screen, Screen) and screen.take_key(event):
                event.accept()
            else:
                event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        settle_layouts()  # or the first picture would be of a window of another size
        # A reader is there a moment after the window, and what stands here was said before.
        QTimer.singleShot(HEARD_AFTER_MS, self, self._speak_changes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._keys is not None:
            self._keys.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        # The guard lets only a signed exit come this far.
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.guard)
            application.removeEventFilter(self.scans)
        event.accept()

    def _draw(self, screen: Screen) -> None:
        view = self._view
        assert view is not None
        self.header.keyboard_button.setVisible(isinstance(view, _WITH_FIELDS))
        self._draw_header(view)
        self.header.say_tools(self._look, self._other_language())
        if not isinstance(view, _WITH_FIELDS):
            self.keyboard.dismiss()
        self.keyboard.show_look(self._look)
        if isinstance(view, views.Exam | views.PartPage | views.Review):
            self.notices.show_notice(view.notice, self._look.chrome)
        else:
            self.notices.clear()
        self.setWindowTitle(window_title(view))
        self.setAccessibleName(text("Exam", self._look.lang))
        screen.show_view(view, self._look)

    def _only_the_header_differs(self, view: View) -> bool:
        """Whether an answer became saved, say, and nothing else: as after each commit."""
        before = self._view
        if not (isinstance(view, views.Exam) and isinstance(before, views.Exam)):
            return False
        return replace(before, saved=view.saved, clock=view.clock) == view

    def _keys_serve(self, field: QWidget | None) -> None:
        screen = self._stack.currentWidget()
        if isinstance(screen, Screen):
            screen.make_room(field)

    def _draw_header(self, view: View) -> None:
        saved = getattr(view, "saved", Saved.NONE)
        clock: Clock | None = getattr(view, "clock", None)
        self.header.show_header(view.header, saved, clock, self._look)

    def _speak(self, screen: Screen, *, arrived: bool) -> None:
        """Tell a screen reader what came, or what is new on the screen that stays."""
        if not is_heard():
            return
        spoken, states = screen.spoken(), screen.states()
        # Another headline is another page or question: all of it is read, not what differs.
        arrived = arrived or spoken[:1] != self._spoken[:1]
        new = [part for part in spoken if arrived or part not in self._spoken]
        if not arrived:
            new += [now for of, now in states.items() if self._states.get(of, now) != now]
        focused: QWidget | None = self.focusWidget()
        name = "" if focused is None else focused.accessibleName()
        told = any(part.startswith(name) for part in new)
        if self._focused[0] is focused and self._focused[1] != name and not told:
            new.append(name)  # the control is the same, what it does is not
        self._spoken, self._states, self._focused = spoken, states, (focused, name)
        # Where nothing on the screen takes the keyboard the window has it, and says this.
        self.setAccessibleDescription(sentences(spoken))
        announce(self, sentences(new), urgent=screen.urgent)
        self._tell_saved()

    def _speak_changes(self) -> None:
        screen = self._stack.currentWidget()
        if isinstance(screen, Screen):
            self._speak(screen, arrived=False)

    def _tell_saved(self) -> None:
        """Say once what became of an answer; not at each pause of somebody who types."""
        saved = getattr(self._view, "saved", Saved.NONE)
        if saved is Saved.FAILED and self._told is not saved:
            announce(self, self.header.saved.text(), urgent=True)
        elif saved is Saved.SAVED and self._told is not saved and not is_typing():
            announce(self, self.header.saved.text().removeprefix("✓").strip())
        else:
            return
        self._told = saved

    def _note_intent(self, intent: object) -> None:
        match intent:
            case views.Answer(settled=False):
                pass
            case views.Answer() | views.Flag() | views.Strike() | views.Note():
                self._told = Saved.SAVING

    def _open_keys(self) -> None:
        from kiosk.terminal.screens.keys_card import KeysCard

        focused = self.focusWidget()
        if self._keys is None:
            card = KeysCard(self)
            self._keys = card
        assert isinstance(self._keys, KeysCard)
        self._keys.open(self._look)
        if focused is not None:
            self._keys.closed.connect(focused.setFocus, Qt.ConnectionType.SingleShotConnection)

    def _scale_by(self, step: int, *, around: bool = False) -> None:
        at = SCALES.index(self._look.scale) + step
        if around:
            at %= len(SCALES)
        if 0 <= at < len(SCALES):
            self._change(scale=SCALES[at])

    def _switch_language(self) -> None:
        self._change(lang=self._other_language())

    def _fold_clock(self) -> None:
        self._change(clock_folded=not self._display.clock_folded)

    def _open_themes(self) -> None:
        focused = self.focusWidget()
        names = ((theme.value, self._look.say(name)) for theme, name in THEMES.items())
        options = tuple((theme, (Paragraph((Text(name),)),)) for theme, name in names)
        button, look = self.header.theme_button, self._look.chrome
        self._themes = OptionList(button, options, self._display.theme, look, None)
        self._themes.chosen.connect(lambda theme: self._change(theme=theme))
        self._themes.closed.connect(lambda: self._themes_closed(focused))
        self._themes.open()

    def _themes_closed(self, focused: QWidget | None) -> None:
        self._themes = None
        (focused or self).setFocus(Qt.FocusReason.PopupFocusReason)

    def _change(self, **changes: Any) -> None:
        self.have_display(replace(self._display, **changes))
        self.intent.emit(views.HaveDisplay(self._display))

    def _other_language(self) -> str:
        return next(lang for lang in LANGUAGES if lang != self._look.lang)
