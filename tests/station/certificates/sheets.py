"""Score sheets as assessors fill and sign them."""

from __future__ import annotations

import io

import openpyxl

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.score_sheet import Format, ScoreSheet, write_score_sheet

ASSESSOR = PrivateKeys.generate(Role.ASSESSOR, "赵考评", sealing=False)
HEADER = ("准考证号", "姓名", "职业", "等级", "科目", "成绩（满分100）", "日期（年-月-日）", "备注")
TRADE = "solvent-extraction"


def rows(*entries: tuple[object, ...]) -> bytes:
    """A filled sheet: (number, name, part, marks, day) each."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number, name, part, marks, day in entries:
        sheet.append((number, name, TRADE, "中级工", part, marks, day, ""))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def signed(content: bytes, kind: Format = "xlsx", signer: PrivateKeys = ASSESSOR) -> bytes:
    return write_score_sheet(ScoreSheet(kind, f"practice.{kind}", content, 1), signer)
