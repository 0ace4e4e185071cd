"""The desk's window: header and the page of the flow's view. Scans, keys and time come in here."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QInputEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from kiosk.proctor import views
from kiosk.proctor.flow import Flow
from kiosk.proctor.hearing import heard
from kiosk.proctor.screens.camera import CameraStrip
from kiosk.proctor.screens.header import Header
from kiosk.proctor.screens.locked import LockedScreen
from kiosk.proctor.screens.notebook import AskFolder, NotebookScreen, ask_folder
from kiosk.proctor.screens.notice import Notice
from kiosk.proctor.screens.seats import SeatsScreen
from kiosk.proctor.screens.signing import SigningScreen
from kiosk.proctor.screens.steps import is_code
from kiosk.ui.fonts import require_cjk_font
from kiosk.ui.scan import ScanSource
from kiosk.ui.speech import announce, is_heard, sentences
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import SCALES
from kiosk.words import text

TICK_MS = 250
_PRESENCE = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin})


class DeskWindow(QWidget):
    """Shows `flow.view` after every intent and tick.

    Raises:
        KioskError: no font for Chinese is installed.
    """

    def __init__(
        self,
        flow: Flow,
        *,
        scale: int = 100,
        ask: AskFolder = ask_folder,
    ) -> None:
        super().__init__()
        require_cjk_font()
        self.flow = flow
        self._look = Look(flow.state.lang, scale=scale)
        self._heard: views.View | None = None
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header = Header(self)
        self._stack = QStackedWidget(self)
        self.notice = Notice(self)
        self.camera = CameraStrip(self)
        self.camera.scanned.connect(lambda code: self.send(views.Scanned(code)))
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self.camera)
        column.addWidget(self._stack, 1)
        self.locked = LockedScreen(self._stack)
        self.signing = SigningScreen(self._stack)
        self.notebook = NotebookScreen(self._stack, ask)
        self.seats = SeatsScreen(self._stack, ask)
        for screen in (self.locked, self.signing, self.notebook, self.seats):
            screen.intent.connect(self.send)
            self._stack.addWidget(screen)
        self.header.notebook.clicked.connect(lambda: self._turn_to(views.OpenNotebook()))
        self.header.seats.clicked.connect(lambda: self._turn_to(views.OpenSeats()))
        self.header.size_button.clicked.connect(lambda: self._scale_by(1, around=True))
        self.header.language.clicked.connect(lambda: self.send(views.SwitchLanguage()))
        self.header.camera.clicked.connect(self.camera.toggle)
        self.header.lock.clicked.connect(lambda: self.send(views.Lock()))
        self.scans = ScanSource(self)
        self.scans.scanned.connect(lambda code: self.send(views.Scanned(code)))
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self.scans)
        application.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._draw()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def look(self) -> Look:
        return self._look

    def send(self, intent: views.Intent) -> None:
        """Give the flow what was asked for and draw what came of it."""
        self.flow.send(intent)
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # All events of the program come by, and to ask for a type is dear.
        if isinstance(event, QInputEvent) and event.type() in _PRESENCE:
            self.flow.send(views.Busy())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.matches(QKeySequence.StandardKey.Paste):
            pasted = QGuiApplication.clipboard().text()
            if is_code(pasted):
                self.send(views.Scanned(pasted))
        elif control and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scale_by(1)
        elif control and event.key() == Qt.Key.Key_Minus:
            self._scale_by(-1)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keys leave the memory with the window, and it no longer listens."""
        self.flow.close()
        self.camera.shut()
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.scans)
            application.removeEventFilter(self)
        event.accept()

    def _draw(self) -> None:
        self._view = view = self.flow.view
        self._look = look = replace(self._look, lang=view.lang)
        self.setPalette(qt_palette(look))
        self.notice.say(self.flow.notice, look)
        self.camera.dress(look)
        desk = text("Proctor's desk", look.lang)
        # With the name while the desk is open: a technician sees from outside whether it is.
        self.setWindowTitle(
            desk if isinstance(view, views.Locked) else f"{desk} · {view.header.proctor}"
        )
        screen: LockedScreen | SigningScreen | NotebookScreen | SeatsScreen
        match view:
            case views.Locked():
                self.header.show_header(None, look, proctor=view.proctor)
                self.locked.show_view(view, look)
                self.locked.tick(self.flow.wait_s if view.waiting else 0)
                screen = self.locked
            case views.Signing():
                self.header.show_header(view.header, look)
                self.signing.show_view(view, look, self.flow.left_s)
                screen = self.signing
            case views.Notebook():
                self.header.show_header(view.header, look, page="notebook")
                self.notebook.show_view(view, look)
                screen = self.notebook
            case views.Seats():
                self.header.show_header(view.header, look, page="seats")
                self.seats.show_view(view, look)
                screen = self.seats
        if self._stack.currentWidget() is not screen:
            if screen is self.locked:
                self.camera.shut()
            self._stack.setCurrentWidget(screen)
            home = screen.home_focus()
            if home is None or not home.isEnabled():
                home = self
            home.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell(view)

    def _tell(self, view: views.View) -> None:
        """Have a screen reader say what is new; the notice is told by its strip."""
        before, self._heard = self._heard, view
        if is_heard():
            new = heard(before, view)
            announce(self, sentences(new.words), urgent=new.urgent)

    def _tick(self) -> None:
        if self.flow.tick():
            self._draw()
        elif isinstance(self._view, views.Locked):
            view = self.flow.view
            assert isinstance(view, views.Locked)
            if view.waiting != self.locked.waiting:
                self._draw()
            self.locked.tick(self.flow.wait_s if view.waiting else 0)
        elif isinstance(self._view, views.Signing):
            self.signing.tick(self.flow.left_s)

    def _turn_to(self, page: views.OpenNotebook | views.OpenSeats) -> None:
        """To a page, or from it back to the desk."""
        shown = views.Notebook if isinstance(page, views.OpenNotebook) else views.Seats
        self.send(views.CloseNotebook() if isinstance(self.flow.view, shown) else page)

    def _scale_by(self, step: int, *, around: bool = False) -> None:
        at = SCALES.index(self._look.scale) + step
        if around:
            at %= len(SCALES)
        self._look = replace(self._look, scale=SCALES[max(0, min(at, len(SCALES) - 1))])
        self._draw()
