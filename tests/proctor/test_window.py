"""The desk's window: real keys and clicks, nothing signed unread, every text fits in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kiosk.artefacts.slip import slip_for, slip_text
from kiosk.artefacts.tokens import Command, Reason, read_code
from kiosk.proctor import views
from kiosk.proctor.acts import Seen
from kiosk.proctor.screens import notice as notice_module
from kiosk.proctor.screens import window as window_module
from kiosk.proctor.screens.seats import SeatTile
from kiosk.proctor.screens.steps import READ_MS
from kiosk.proctor.screens.window import DeskWindow
from kiosk.trust.keystore import card_text
from kiosk.ui.controls import Button
from tests.codes import qr_texts
from tests.proctor.devices import PIN, Devices
from tests.proctor.gallery import SIZES, STAGES, Scene, show
from tests.proctor.room import SESSION

Stage = Callable[..., Scene]


@pytest.fixture
def scene(qapp: QApplication, installed: Devices, tmp_path: Path) -> Iterator[Stage]:
    made: list[Scene] = []

    def at(
        stage: str = "locked", *, lang: str = "en", size: tuple[int, int] = (1366, 768)
    ) -> Scene:
        scene = Scene(installed.copy(tmp_path / f"day-{len(made)}"), lang=lang)
        made.append(scene)
        STAGES[stage](scene)
        show(scene, *size)
        return scene

    yield at
    for one in made:
        one.window.close()
        one.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def type_keys(window: DeskWindow, text: str) -> None:
    """As a keyboard or a wedge scanner: through the window, so that every filter sees them."""
    window.activateWindow()
    handle = window.windowHandle()
    for character in text:
        QTest.keyClick(handle, character)


def press(window: DeskWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.windowHandle(), key)


def records(scene: Scene) -> int:
    desk = scene.flow.desk
    if desk is None:
        return 0
    kept = desk.acts(SESSION).records
    return sum(not isinstance(record, Seen) for record in kept)


def test_card_by_scanner_and_pin_by_keys_open_the_desk(scene: Stage) -> None:
    day = scene()
    window = day.window
    type_keys(window, card_text(day.devices.cards[0]))
    press(window, Qt.Key.Key_Return)
    assert window.locked.pin.text() == "", "a scanned card reaches no field"
    type_keys(window, PIN)
    press(window, Qt.Key.Key_Return)
    assert window.signing.isVisible()


def test_the_pad_types_the_pin_and_takes_the_last_digit_back(scene: Stage, qtbot: QtBot) -> None:
    day = scene("pin")
    locked = day.window.locked
    locked.pin.clear()
    for digit in PIN[:-1] + "9":
        qtbot.mouseClick(locked.pad.digits[int(digit)], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(locked.pad.erase, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(locked.pad.digits[int(PIN[-1])], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(locked.unlock, Qt.MouseButton.LeftButton)
    assert day.window.signing.isVisible()


def test_a_wrong_pin_says_so_and_is_not_kept_in_the_field(scene: Stage) -> None:
    day = scene("wrong")
    locked = day.window.locked
    assert "tries left before a wait: 4" in locked.message.text()
    assert locked.pin.text() == ""
    assert locked.pin.isEnabled()


def test_after_five_wrong_tries_the_wait_counts_down_and_ends(scene: Stage, qtbot: QtBot) -> None:
    day = scene("waiting")
    locked = day.window.locked
    assert locked.message.text() == "Next try in 15 s"
    assert not locked.pin.isEnabled()
    day.devices.boot_s += 5
    qtbot.waitUntil(lambda: locked.message.text() == "Next try in 10 s")
    day.devices.boot_s += 10
    qtbot.waitUntil(locked.pin.isEnabled)


def test_the_sign_button_comes_only_after_its_words_were_on_the_screen(
    scene: Stage, qtbot: QtBot
) -> None:
    day = scene("idle")
    day.scan()
    signing = day.window.signing
    assert signing.offer.title.text() == "Start"
    assert not signing.sign.isVisible()
    qtbot.wait(READ_MS // 3)
    assert not signing.sign.isVisible()
    qtbot.waitUntil(signing.sign.isVisible, timeout=READ_MS * 5)
    assert records(day) == 0
    qtbot.mouseClick(signing.sign, Qt.MouseButton.LeftButton)
    assert records(day) == 1
    assert signing.code.qr.isVisible()
    assert min(signing.code.qr.width(), signing.code.qr.height()) >= 400


def test_another_choice_takes_the_sign_button_away_until_it_was_read(
    scene: Stage, qtbot: QtBot
) -> None:
    day = scene("extend")
    signing = day.window.signing
    assert signing.sign.isVisible()
    day.send(views.ChooseMinutes(20))
    assert not signing.sign.isVisible()
    qtbot.waitUntil(signing.sign.isVisible, timeout=READ_MS * 5)
    assert signing.offer.title.text() == "Extend by 20 minutes"


def test_words_that_are_scrolled_away_are_not_taken_as_read(scene: Stage, qtbot: QtBot) -> None:
    day = scene("running", size=(1366, 330))
    day.send(views.ChooseCommand(Command.PAUSE))
    signing = day.window.signing
    qtbot.wait(READ_MS // 7)  # the desk itself brings the words into view
    assert not signing.offer.lines.visibleRegion().isEmpty()
    signing.steps.verticalScrollBar().setValue(0)
    assert signing.offer.lines.visibleRegion().isEmpty()
    qtbot.wait(READ_MS * 2)
    assert not signing.sign.isVisible()
    signing.steps.ensureWidgetVisible(signing.offer.lines)
    qtbot.waitUntil(signing.sign.isVisible, timeout=READ_MS * 5)


def test_a_code_that_ran_out_disappears(scene: Stage, qtbot: QtBot) -> None:
    day = scene("released")
    code = day.window.signing.code
    assert code.use.text() == "Valid 1:46 · Only for seat 08, once"
    day.now_s += 100
    qtbot.waitUntil(lambda: code.use.text().startswith("Valid 0:06"))
    day.now_s += 6
    qtbot.waitUntil(lambda: not code.qr.isVisible())
    assert "run out" in day.window.signing.message.text()


def test_the_code_on_the_screen_is_the_token_pixel_by_pixel(scene: Stage) -> None:
    day = scene("extended")
    image = day.window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    shape = (image.height(), image.bytesPerLine())
    pixels = memoryview(image.constBits()).cast("B", shape)
    (found,) = qr_texts(pixels)
    assert day.flow.state.signed is not None
    assert found == day.flow.state.signed.text
    assert len(read_code(found)[1]) == 1


def test_the_keyboard_alone_signs_and_goes_on(scene: Stage, qtbot: QtBot) -> None:
    day = scene("idle")
    window = day.window
    type_keys(window, day.devices.room.scan())
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(window.signing.sign.isVisible, timeout=READ_MS * 5)
    tab_to(window, window.signing.sign)
    press(window, Qt.Key.Key_Return)
    assert records(day) == 1
    tab_to(window, window.signing.next)
    press(window, Qt.Key.Key_Space)
    assert not window.signing.code.qr.isVisible()


def tab_to(window: DeskWindow, wanted: QWidget) -> None:
    for _ in range(40):
        if window.focusWidget() is wanted:
            return
        press(window, Qt.Key.Key_Tab)
    pytest.fail(f"the Tab key does not come to {wanted.accessibleName()}")


def test_a_challenge_may_be_pasted(scene: Stage) -> None:
    day = scene("idle")
    QGuiApplication.clipboard().setText(day.devices.room.scan() + "\n")
    day.window.activateWindow()
    QTest.keyClick(day.window.windowHandle(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert day.window.signing.subject.heading.text() == "Seat 08 · 张海燕"


def test_ending_a_sitting_is_confirmed_away_from_the_pointer(scene: Stage, qtbot: QtBot) -> None:
    day = scene("running")
    signing = day.window.signing
    day.send(views.ChooseCommand(Command.ABORT), views.ChooseReason(Reason.MISCONDUCT))
    qtbot.waitUntil(signing.sign.isVisible, timeout=READ_MS * 5)
    place = signing.sign.mapToGlobal(signing.sign.rect().center())
    before = records(day)
    qtbot.mouseClick(signing.sign, Qt.MouseButton.LeftButton)
    assert records(day) == before
    agree = signing.offer.agree
    assert agree.isVisible()
    assert not agree.rect().contains(agree.mapFromGlobal(place))
    qtbot.mouseClick(agree, Qt.MouseButton.LeftButton)
    assert records(day) == before + 1


def test_a_note_is_kept_and_the_log_saved(scene: Stage, qtbot: QtBot, tmp_path: Path) -> None:
    day = scene("idle")
    window = day.window
    qtbot.mouseClick(window.header.notebook, Qt.MouseButton.LeftButton)
    notebook = window.notebook
    notebook.who.setCurrentIndex(1)
    qtbot.mouseClick(notebook.add, Qt.MouseButton.LeftButton)
    assert notebook.message.text() == "Noted"
    day.folder = tmp_path / "stick"
    qtbot.mouseClick(notebook.log, Qt.MouseButton.LeftButton)
    assert list(day.folder.glob("*.proctorlog"))
    qtbot.mouseClick(window.header.notebook, Qt.MouseButton.LeftButton)
    assert window.signing.isVisible()


def test_a_slip_is_given_to_its_seat_by_keys_alone(scene: Stage) -> None:
    day = scene("released")
    window = day.window
    type_keys(window, slip_text(slip_for(b"package")))
    press(window, Qt.Key.Key_Return)
    assert window.seats.isVisible()
    (tile, _) = window.seats.map.tiles
    assert tile.accessibleName().startswith("Seat 08, 张海燕, Started, ")
    assert tile.isChecked(), "the seat scanned last is offered"
    tab_to(window, window.seats.notes.buttons[0])
    press(window, Qt.Key.Key_Return)
    assert window.seats.message.text() == "Noted"
    assert "Handed in" in tile.accessibleName()
    assert "to collect" in tile.accessibleName()


def test_locking_hides_the_code_and_the_names(scene: Stage, qtbot: QtBot) -> None:
    day = scene("released")
    qtbot.mouseClick(day.window.header.lock, Qt.MouseButton.LeftButton)
    assert day.window.locked.isVisible()
    assert day.flow.desk is None
    day.unlock()
    assert not day.window.signing.code.qr.isVisible()


def test_the_desk_locks_after_ten_minutes_and_a_key_puts_that_off(
    scene: Stage, qtbot: QtBot
) -> None:
    day = scene("idle")
    day.now_s += 599
    press(day.window, Qt.Key.Key_Shift)
    day.now_s += 599
    qtbot.wait(600)
    assert day.window.signing.isVisible()
    day.now_s += 1
    qtbot.waitUntil(day.window.locked.isVisible)


@pytest.mark.parametrize("size", SIZES)
def test_the_code_to_show_is_whole_on_every_screen(scene: Stage, size: str) -> None:
    day = scene("released")
    width, height, scale = SIZES[size]
    while day.window.look.scale != scale:
        day.window.header.size_button.click()
    show(day, width, height)
    qr = day.window.signing.code.qr
    assert qr.visibleRegion().boundingRect() == qr.rect()


LARGE = ((1366, 768), (800, 1280))
SCREENS = ((1366, 768), (1280, 720), (1920, 1080), (800, 1280))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "looks",
    [
        # The narrowest screen in both languages at both text sizes, each other one in one of them.
        {100: (LARGE, SCREENS[1:]), 200: (LARGE, LARGE[1:])},
        pytest.param({100: (SCREENS, SCREENS), 200: (LARGE, LARGE)}, marks=pytest.mark.campaign),
    ],
    ids=["each", "all"],
)
def test_every_text_fits_and_every_control_has_a_name(
    scene: Stage, stage: str, looks: dict[int, tuple[tuple[tuple[int, int], ...], ...]]
) -> None:
    day = scene(stage)
    window = day.window
    for scale, by_language in looks.items():
        while window.look.scale != scale:
            window.header.size_button.click()
        for sizes in by_language:
            for size in sizes:
                show(day, *size)
                assert unfit(window) == [], (scale, size, window.look.lang)
                assert nameless(window) == [], window.look.lang
            day.send(views.SwitchLanguage())


def unfit(window: QWidget) -> list[str]:
    """The visible texts and buttons that have less room than they ask for."""
    found: list[str] = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            low = label.height() < label.heightForWidth(label.width())
        else:
            low = label.width() < label.sizeHint().width()
        if low or outside(label):
            found.append(label.text())
    for button in window.findChildren(Button):
        if not button.isVisible():
            continue
        if button.width() < button.sizeHint().width() or outside(button):
            found.append(button.accessibleName())
    for tile in window.findChildren(SeatTile):
        if not tile.isVisible():
            continue
        if tile.height() < tile.heightForWidth(tile.width()) or outside(tile):
            found.append(tile.accessibleName())
    return found


def outside(part: QWidget) -> bool:
    """Whether a part is cut off at a side; below, one may scroll."""
    parent = part.parentWidget()
    while parent is not None:
        left = part.mapTo(parent, QPoint(0, 0)).x()
        if left < 0 or left + part.width() > parent.width():
            return True
        if isinstance(parent, QScrollArea):
            return False
        parent = parent.parentWidget()
    return False


def nameless(window: QWidget) -> list[tuple[QObject, object]]:
    """The visible controls that a reader of the screen could not name, or not say the kind of."""
    found: list[tuple[QObject, object]] = []
    for part in window.findChildren(QWidget):
        control = isinstance(part, QAbstractButton | QLineEdit | QComboBox | QPlainTextEdit)
        control = control or bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if not (control and part.isVisible()):
            continue
        heard = QAccessible.queryAccessibleInterface(part)
        if not heard.text(QAccessible.Text.Name) or heard.role() not in _ROLES:
            found.append((part, heard.role()))
    return found


_ROLES = frozenset(
    {
        QAccessible.Role.Button,
        QAccessible.Role.CheckBox,
        QAccessible.Role.RadioButton,
        QAccessible.Role.EditableText,
        QAccessible.Role.ComboBox,
        QAccessible.Role.SpinBox,
    }
)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What a screen reader is told, and whether at once."""
    said: list[tuple[str, bool]] = []

    def announce(_source: QWidget, words: str, *, urgent: bool = False) -> None:
        if words:
            said.append((words, urgent))

    for module in (window_module, notice_module):
        monkeypatch.setattr(module, "announce", announce)
    monkeypatch.setattr(window_module, "is_heard", lambda: True)
    return said


def test_a_scan_an_act_and_a_battery_are_heard(
    scene: Stage, heard: list[tuple[str, bool]], qtbot: QtBot
) -> None:
    day = scene("idle")
    heard.clear()
    day.scan()
    [(told, urgent)] = heard
    assert told.startswith("Seat 08")
    assert "Start" in told
    assert not urgent
    heard.clear()
    qtbot.waitUntil(day.window.signing.sign.isVisible, timeout=READ_MS * 5)
    qtbot.mouseClick(day.window.signing.sign, Qt.MouseButton.LeftButton)
    told = " ".join(words for words, _ in heard)
    assert "Show this at seat 08" in told
    assert ", Start" in told  # the line of what was done
    heard.clear()
    day.percent = 9
    day.now_s += 120
    day.window._tick()
    assert [urgent for words, urgent in heard if "Battery 9 %" in words] == [True]
