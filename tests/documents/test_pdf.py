"""Documents become PDF without a network, the same bytes for the same facts, and names stay text."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.documents import pdf
from kiosk.documents.content import Document, Facts, Grid, Table, Text
from kiosk.errors import InputRefused, KioskError

HOSTILE = '#panic("no") $x$ ] [ *b* _i_ `r` @ref <l> \\ // /* ~ "} {"'


def a_document(words: str = "张海燕") -> Document:
    return Document(
        lang="zh-CN",
        title="考场记录",
        subtitle=words,
        blocks=(
            Facts((("考场", words),)),
            Table(("机位", "姓名"), (1, 3), (("08", words),)),
            Grid(3, ((words, words, words),)),
            Text(words),
        ),
        footer=words,
        made_at=1_800_000_000,
    )


def words_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_markup_in_a_name_is_shown_and_never_run() -> None:
    said = "".join(words_of(pdf.to_pdf(a_document(HOSTILE))).split())
    assert said.count("".join(HOSTILE.split())) >= 5


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_breaks_a_document(words: str) -> None:
    assert pdf.to_pdf(a_document(words)).startswith(b"%PDF")


def test_the_same_document_gives_the_same_bytes() -> None:
    assert pdf.to_pdf(a_document()) == pdf.to_pdf(a_document())


def test_a_station_may_bring_its_own_template_and_a_broken_one_is_said(tmp_path: Path) -> None:
    (tmp_path / pdf.NAME).write_text(
        "#let it = json(bytes(sys.inputs.document))\n#set text(font: it.font)\n我们的 #it.title"
    )
    assert "我们的" in words_of(pdf.to_pdf(a_document(), tmp_path))
    (tmp_path / pdf.NAME).write_text("#let it = (")
    with pytest.raises(InputRefused, match="template"):
        pdf.to_pdf(a_document(), tmp_path)


def test_a_template_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / pdf.NAME).write_text('#import "/../../../etc/hostname": x')
    with pytest.raises(InputRefused):
        pdf.to_pdf(a_document(), tmp_path)


def test_without_the_font_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "FAMILY", "No Such Family")
    with pytest.raises(KioskError, match="font"):
        pdf.to_pdf(a_document())
    pdf._fonts.cache_clear()
