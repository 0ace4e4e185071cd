"""The desk's camera reads a terminal's code from a frame, once, and says when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.artefacts.qr import matrix
from kiosk.ui import camera
from kiosk.ui.camera import CameraSource
from tests.proctor.devices import Devices
from tests.proctor.gallery import Scene, show


@pytest.fixture
def day(
    qapp: QApplication, installed: Devices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    monkeypatch.setattr(camera, "LOOK_S", 0.0)
    scene = Scene(installed.copy(tmp_path / "day"), lang="en")
    scene.unlock()
    show(scene, 800, 1280)
    yield scene
    scene.window.close()


def frame(code: str) -> QVideoFrame:
    modules = matrix(code)
    image = QImage(900, 700, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            for at in range(36 if dark else 0):
                image.setPixel(60 + 6 * x + at % 6, 60 + 6 * y + at // 6, 0xFF000000)
    return QVideoFrame(image)


def test_a_code_before_the_camera_is_scanned_and_the_camera_closes(
    day: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CameraSource, "open", lambda _self: None)
    strip = day.window.camera
    day.window.header.camera.click()
    assert strip.isVisible()
    assert strip.source is not None
    strip.source.sink.setVideoFrame(frame("a poster on the wall"))
    assert strip.isVisible(), "another's code is passed over"
    strip.source.sink.setVideoFrame(frame(day.devices.room.scan()))
    assert day.window.signing.subject.heading.text() == "Seat 08 · 张海燕"
    assert not strip.isVisible()


def test_a_desk_that_locks_itself_switches_the_camera_off(
    day: Scene, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(CameraSource, "open", lambda _self: None)
    day.window.header.camera.click()
    assert day.window.camera.isVisible()
    day.now_s += 10 * 60
    qtbot.waitUntil(day.window.locked.isVisible)
    assert not day.window.camera.isVisible()


def test_a_code_that_stays_in_sight_is_given_once(qtbot: QtBot, day: Scene) -> None:
    source, codes = CameraSource(), []
    source.scanned.connect(codes.append)
    for _ in range(3):
        source.sink.setVideoFrame(frame("C1:ABC"))
    assert codes == ["C1:ABC"]


def test_without_a_camera_the_desk_says_so_and_goes_on(
    day: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PySide6.QtMultimedia.QMediaDevices.videoInputs", list)
    day.window.header.camera.click()
    assert day.window.camera.words.text().startswith("No camera was found")
    day.scan()
    assert day.window.signing.subject.heading.text() == "Seat 08 · 张海燕"
