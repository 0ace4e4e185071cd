"""The devices of this computer, tried one after the other by a technician; then the page for the folder."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kiosk.terminal.device_test import OTHERWISE
from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.checks import in_short
from kiosk.terminal.screens.device_stages import (
    CodeStage,
    KeysStage,
    ScreenStage,
    Stage,
    TargetsStage,
    TimeStage,
)
from kiosk.terminal.screens.device_words import NAMES, TODO, said_of
from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.screens.screen import Screen, show_mistake
from kiosk.terminal.views import (
    CloseDeviceTest,
    Device,
    DeviceTest,
    DeviceTried,
    KeepPage,
    OpenDeviceTest,
    Outcome,
    TriedDevice,
)
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_PAGE_WIDTH = 1040
_MAY_BE_ABSENT: Final = frozenset({Device.MOUSE, Device.TOUCH, Device.SCANNER})


class DeviceTestScreen(Screen):
    """Shows `views.DeviceTest`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view: DeviceTest | None = None
        self._look = Look()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._trying = QWidget(self)
        rows = QVBoxLayout(self._trying)
        rows.setContentsMargins(Gap.WIDE, Gap.MEDIUM, Gap.WIDE, Gap.MEDIUM)
        rows.setSpacing(Gap.TIGHT)
        self.title = Words(self._trying)
        self.todo = Words(self._trying)
        self._stages = QStackedWidget(self._trying)
        self.stages: dict[Device, Stage] = {
            Device.SCREEN: ScreenStage(self._stages),
            Device.KEYBOARD: KeysStage(self._stages),
            Device.MOUSE: TargetsStage(self._stages, "mouse"),
            Device.TOUCH: TargetsStage(self._stages, "touch"),
            Device.SCANNER: CodeStage(self._stages),
            Device.CLOCK: TimeStage(self._stages),
        }
        for device, stage in self.stages.items():
            self._stages.addWidget(stage)
            stage.done.connect(lambda device=device: self._tell(device, "fine"))
            stage.misread.connect(lambda device=device: self._tell(device, "bad", OTHERWISE))
        rows.addWidget(self.title)
        rows.addWidget(self.todo)
        rows.addWidget(self._stages, 1)
        self._report = Page(self, _PAGE_WIDTH)
        inside = self._report.column
        self.summary = Words(inside)
        self.lines = {device: SignLine(inside) for device in Device}
        self.checks = Words(inside)
        self.notice = Words(inside)
        for part in (self.summary, self.notice, *self.lines.values(), self.checks):
            self._report.rows.addWidget(part)
        self._report.rows.addStretch(1)
        self.bar = Bar(self)
        self.leave_button = Button("plain", self.bar)
        self.again = Button("plain", self.bar)
        self.absent = Button("plain", self.bar)
        self.bad = Button("second", self.bar)
        self.fine = Button("main", self.bar)
        self.keep = Button("main", self.bar)
        self.bar.add_left(self.leave_button)
        self.bar.add_left(self.again)
        for button in (self.absent, self.bad, self.fine, self.keep):
            self.bar.add_right(button)
        column.addWidget(self._trying, 1)
        column.addWidget(self._report, 1)
        column.addWidget(self.bar)
        self.leave_button.clicked.connect(lambda: self.intent.emit(CloseDeviceTest()))
        self.again.clicked.connect(lambda: self.intent.emit(OpenDeviceTest()))
        self.absent.clicked.connect(lambda: self._tell(None, "absent"))
        self.bad.clicked.connect(lambda: self._tell(None, "bad"))
        self.fine.clicked.connect(lambda: self._tell(None, "fine"))
        self.keep.clicked.connect(self._keep)

    def show_view(self, view: DeviceTest, look: Look) -> None:
        before = self._view.device if self._view is not None else None
        self._view, self._look = view, look
        lang, device = look.lang, view.device
        self.bar.dress(look.chrome)
        self._trying.setVisible(device is not None)
        self._report.setVisible(device is None)
        self.leave_button.say(text("Leave the test", lang), look.chrome)
        self.again.say(text("Once more", lang), look.chrome)
        self.absent.say(text("There is none", lang), look.chrome)
        self.bad.say(text("Does not work", lang), look.chrome)
        self.fine.say(text("Works", lang), look.chrome)
        self.keep.say(text("Write the page on a stick", lang), look.chrome)
        asks = device is not None and self.stages[device].asks_a_person
        for button, shown in (
            (self.again, device is None),
            (self.absent, device in _MAY_BE_ABSENT),
            (self.bad, device is not None),
            (self.fine, asks),
            (self.keep, device is None),
        ):
            button.setVisible(shown)
        anew = device is not before
        if device is None:
            self._show_report(view, look)
        else:
            self._show_device(view, device, look, anew=anew)
        home = self.home_focus()
        if anew and home is not None:
            home.setFocus()

    def home_focus(self) -> QWidget | None:
        if self._view is None or self._view.device is None:
            return self.keep
        stage = self.stages[self._view.device]
        if isinstance(stage, KeysStage | CodeStage):
            return stage
        return self.fine if stage.asks_a_person else self.bad

    def _show_device(self, view: DeviceTest, device: Device, look: Look, *, anew: bool) -> None:
        at, stage = list(Device).index(device) + 1, self.stages[device]
        title = text(
            "{device} ({at} of {all})",
            look.lang,
            device=text(NAMES[device], look.lang),
            at=at,
            all=len(Device),
        )
        self.title.say(title, look, Type.STEM, strong=True)
        self.todo.say(text(TODO[device], look.lang), look, Type.BASE, "quiet")
        self._stages.setCurrentWidget(stage)
        if anew:
            stage.begin(look)
        else:
            stage.dress(look)
        if isinstance(stage, CodeStage):
            stage.show_code(view.code, look)

    def _show_report(self, view: DeviceTest, look: Look) -> None:
        self._report.dress(look)
        self.summary.say(
            text("The devices of {terminal}", look.lang, terminal=view.terminal),
            look,
            Type.HEAD,
            strong=True,
        )
        for tried in view.tested:
            line, words = self.lines[tried.device], said_of(tried, look.lang)
            match tried.outcome:
                case "fine":
                    line.show_line("tick", words, look, "ok", "text", Type.BASE)
                case "bad":
                    line.show_line("warn", words, look, "warn", "warn", Type.BASE)
                case "absent":
                    line.show_line("minus", words, look, "quiet", "quiet", Type.BASE)
        self.checks.say(in_short(view.found, look.lang), look, Type.BASE, "quiet")
        show_mistake(self.notice, view.notice, look)

    def _tell(self, device: Device | None, outcome: Outcome, detail: str = "") -> None:
        """What became of `device`, or of the one that is tried now."""
        now = self._view.device if self._view is not None else None
        if now is not None and device in (None, now):
            self.intent.emit(DeviceTried(TriedDevice(now, outcome, detail)))

    def _keep(self) -> None:
        from kiosk.terminal.screens.device_page import device_page

        assert self._view is not None
        self.intent.emit(KeepPage(device_page(self._view, self._look.lang)))
