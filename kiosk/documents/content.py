"""What a paper says, as plain values: facts, tables, lines to write on, signatures.

No layout and no language: the words are ready to read. `kiosk.documents.pdf` makes the file.
"""

from __future__ import annotations

from msgspec import Struct


class Facts(Struct, frozen=True, tag_field="kind", tag="facts"):
    """Names and values, two pairs a line."""

    pairs: tuple[tuple[str, str], ...]


class Heading(Struct, frozen=True, tag_field="kind", tag="heading"):
    text: str


class Text(Struct, frozen=True, tag_field="kind", tag="text"):
    text: str


class Table(Struct, frozen=True, tag_field="kind", tag="table"):
    """`widths` are shares of the page; `row_pt` the room above and below a row's words; `none` is
    said where there are no rows."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    row_pt: int = 5
    none: str = "-"


class Grid(Struct, frozen=True, tag_field="kind", tag="grid"):
    """Boxes side by side: seat, name, number; no box where all three are empty."""

    columns: int
    cells: tuple[tuple[str, str, str], ...]


class Lines(Struct, frozen=True, tag_field="kind", tag="lines"):
    """Empty lines to write on."""

    count: int


class Signatures(Struct, frozen=True, tag_field="kind", tag="signatures"):
    """A line to sign for each label, and one for the date."""

    labels: tuple[str, ...]
    date: str


Block = Facts | Heading | Text | Table | Grid | Lines | Signatures


class Document(Struct, frozen=True):
    """`made_at` is UTC epoch seconds; it is in the file, so that the same facts give the same bytes."""

    lang: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    footer: str
    made_at: int
