"""A camera as a source of scans, for a desk held in one hand (the extra `camera`).

It looks a few times a second and gives a code once while it stays in sight. Where a scan came from
means nothing: signatures and nonces decide.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from kiosk.artefacts.qr import Prefix
from kiosk.errors import KioskError
from kiosk.words import mark

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

LOOK_S: Final = 0.15
"""Between two looks: reading a 1280x720 frame takes 10 to 40 ms."""
AGAIN_S: Final = 3.0
"""So long a code must have been out of sight to be given again."""
_WIDEST: Final = 1280
_PREFIXES: Final = tuple(prefix.value for prefix in Prefix)


class CameraSource(QObject):
    """`scanned` gives the text of one of our codes; `seen` each frame that was looked at.

    Raises:
        KioskError: the extra `camera` is not installed.
    """

    scanned = Signal(str)
    seen = Signal(QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        try:
            import zxingcpp
            from PySide6.QtMultimedia import QMediaCaptureSession, QVideoSink
        except ImportError as fault:
            raise KioskError(
                mark("This program was installed without camera support"),
                remedy=mark("Use a scanner, or type the code"),
            ) from fault
        self._read = zxingcpp.read_barcodes
        self._qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        self.sink = QVideoSink(self)
        self._session = QMediaCaptureSession(self)
        self._session.setVideoSink(self.sink)
        self._camera: QObject | None = None
        self._looked_at = 0.0
        self._last: dict[str, float] = {}
        self.sink.videoFrameChanged.connect(self._frame)

    def open(self) -> None:
        """Switches the first camera on.

        Raises:
            KioskError: there is none.
        """
        from PySide6.QtMultimedia import QCamera, QMediaDevices

        if not QMediaDevices.videoInputs():
            raise KioskError(
                mark("No camera was found on this device"),
                remedy=mark("Use a scanner, or type the code"),
            )
        camera = QCamera(QMediaDevices.defaultVideoInput(), self)
        self._session.setCamera(camera)
        camera.start()
        self._camera = camera

    def close(self) -> None:
        """Switches the camera off; nothing is kept of what it saw."""
        self._session.setCamera(None)  # type: ignore[arg-type]  # Qt takes none, its stubs do not
        if self._camera is not None:
            self._camera.deleteLater()
            self._camera = None
        self._last.clear()

    def _frame(self, frame: QVideoFrame) -> None:
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        picture = frame.toImage()
        if picture.isNull():
            return
        if picture.width() > _WIDEST:
            picture = picture.scaledToWidth(_WIDEST)
        grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
        pixels = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
        self.seen.emit(picture)
        for found in self._read(pixels, self._qr):
            self._found(found.text, now)

    def _found(self, text: str, now: float) -> None:
        if not text.upper().startswith(_PREFIXES):
            return
        before = self._last.get(text)
        self._last = {text: now}
        if before is None or now - before >= AGAIN_S:
            self.scanned.emit(text)
