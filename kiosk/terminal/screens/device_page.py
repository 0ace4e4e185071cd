"""The device test on one page of A4, as PDF: what was tried, how the computer stands, whose it is."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import (
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from kiosk.artefacts.self_check import CHECKS, Finding, said
from kiosk.terminal.screens.checks import in_short
from kiosk.terminal.screens.device_words import said_of
from kiosk.terminal.views import DeviceTest
from kiosk.ui.fonts import font
from kiosk.ui.qr_view import code_image
from kiosk.words import text

_DPI: Final = 144
_MARGIN_MM: Final = 15
_HEAD: Final = 32
_BODY: Final = 18
_BLANK: Final = "_" * 24
_MODULE_PX: Final = 4


def device_page(view: DeviceTest, lang: str) -> bytes:
    """The page, in the language `lang`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(
        QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM), QPageLayout.Unit.Millimeter
    )
    writer.setTitle(_title(view, lang))
    writer.setCreator(f"kiosk {view.version}")
    document = QTextDocument()
    document.setDefaultFont(font(_BODY))
    _write(document, view, lang)
    area = writer.pageLayout().paintRectPixels(_DPI)
    document.setDocumentMargin(0)
    document.setPageSize(area.size().toSizeF())
    document.print_(writer)
    del writer  # what it holds back is written when it goes
    return bytes(buffer.data().data())


def _title(view: DeviceTest, lang: str) -> str:
    return text("Device test of {terminal}", lang, terminal=view.terminal)


def _write(document: QTextDocument, view: DeviceTest, lang: str) -> None:
    cursor = QTextCursor(document)
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(view.at_s))
    _put(cursor, _title(view, lang), _HEAD, strong=True)
    _put(cursor, f"{at} · {text('Program {version}', lang, version=view.version)}")
    for tried in view.tested:
        _put(cursor, said_of(tried, lang))
    _put(cursor, in_short(view.found, lang), strong=True)
    for finding in view.found:
        if not finding.ok:
            _put(cursor, f"– {_line(finding, lang)}")
    _put(cursor, text("The words of its key", lang))
    _put(cursor, "  ".join(view.words[lang]), strong=True)
    _put(cursor, " ".join(view.kid[n : n + 4] for n in range(0, len(view.kid), 4)))
    cursor.insertBlock()
    cursor.insertImage(code_image(view.kid, _MODULE_PX))
    _put(cursor, f"{text('Room and seat', lang)} {_BLANK}")
    _put(cursor, f"{text('Technician', lang)} {_BLANK}")


def _put(cursor: QTextCursor, words: str, size: int = _BODY, *, strong: bool = False) -> None:
    """A paragraph of plain text."""
    paragraph, letters = QTextBlockFormat(), QTextCharFormat()
    paragraph.setBottomMargin(size / 2)
    letters.setFont(font(size, strong=strong))
    if cursor.position():
        cursor.insertBlock(paragraph)
    cursor.setBlockFormat(paragraph)
    cursor.insertText(words, letters)


def _line(finding: Finding, lang: str) -> str:
    """What is not fine or not known, and what to do about what is not fine."""
    line = said(finding, lang)
    todo = CHECKS[finding.check].todo if finding.state == "weak" else ""
    return f"{line}. {text(todo, lang)}" if todo else line
