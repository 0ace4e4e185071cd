"""Hostile and broken sources, made when a test asks: small where they lie, large where they unpack.

`BOMBS` gives each by its name as the files of a folder. Beside every one of them stands a good item,
`GOOD`, which must come in whatever the other does.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import Final

from PIL import Image

from tests.authoring.builders import a_choice, a_png, a_response, an_item, an_svg
from tests.authoring.foreign import a_workbook

Files = dict[str, bytes]

GOOD: Final = a_choice("A", identifier="GOOD")
GIFT: Final = "::G1::Does acid strip? {T}\n"
MIB: Final = 1024 * 1024


# --- building -------------------------------------------------------------------------------------


def a_zip(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def a_link(name: str) -> zipfile.ZipInfo:
    link = zipfile.ZipInfo(name)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


def zeroes(size: int) -> bytes:
    """What `size` zero bytes deflate to, made a MiB at a time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


def local(name: bytes, packed: bytes, size: int, flags: int = 0) -> bytes:
    return (
        struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, flags, 8, 0, 0x21, 0, len(packed), size, len(name), 0
        )
        + name
        + packed
    )


def central(name: bytes, packed: int, size: int, at: int, flags: int = 0) -> bytes:
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02", 20, 20, flags, 8, 0, 0x21, 0, packed, size, len(name), 0, 0, 0, 0, 0, at,
        )
        + name
    )  # fmt: skip


def ended(body: bytes, directory: bytes, entries: int) -> bytes:
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, entries & 0xFFFF, entries & 0xFFFF, len(directory),
        len(body), 0,
    )  # fmt: skip
    return body + directory + end


def ten_gigabytes() -> bytes:
    """A ZIP of 10 KB whose ten thousand members share one kernel of a MiB (after D. Fifield)."""
    packed = zeroes(10 * MIB)
    body = local(b"0.xml", packed, 10 * MIB)
    entries = 1000
    directory = b"".join(central(b"%d.xml" % at, len(packed), 10 * MIB, 0) for at in range(entries))
    return ended(body, directory, entries)


def with_directory(entries: int) -> bytes:
    return ended(b"", central(b"a", 0, 0, 0) * entries, entries)


def a_workbook_with(parts: dict[str, bytes], rows: list[list[object]] | None = None) -> bytes:
    """A workbook, some of its parts exchanged."""
    made = io.BytesIO()
    data = a_workbook(rows or [["type", "stem", "key"], ["true/false", "Acid strips.", "T"]])
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name) or old.read(name))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return made.getvalue()


SHEET: Final = "xl/worksheets/sheet1.xml"
_MAIN: Final = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def a_sheet(rows: bytes, after: bytes = b"") -> bytes:
    head = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c><c r="B1" t="inlineStr"><is>'
        b'<t>stem</t></is></c><c r="C1" t="inlineStr"><is><t>key</t></is></c></row><row r="2">'
        b'<c r="A2" t="inlineStr"><is><t>T/F</t></is></c><c r="B2" t="inlineStr"><is><t>Acid strips.'
        b'</t></is></c><c r="C2" t="inlineStr"><is><t>T</t></is></c></row>'
    )
    return b"<worksheet %s><sheetData>%s%s</sheetData>%s</worksheet>" % (_MAIN, head, rows, after)


def png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_jpeg(size: tuple[int, int] = (64, 64), **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, "JPEG", **options)
    return file.getvalue()


def endless_scans(scans: int) -> bytes:
    """A progressive JPEG with one small scan over a large picture again and again."""
    whole = a_jpeg((4000, 2000), progressive=True)
    scan = whole.rindex(b"\xff\xda")
    return whole[:scan] + whole[scan:-2] * scans + b"\xff\xd9"


def an_exif(size: int) -> bytes:
    """EXIF of `size` bytes in which every entry says that the whole of it is its value."""
    entries = min(65_535, (size - 14) // 12)
    table = b"".join(struct.pack("<HHLL", tag, 7, size // 2, 8) for tag in range(1, entries + 1))
    return (b"II*\0" + struct.pack("<LH", 8, entries) + table).ljust(size, b"\0")


def exif_in_jpeg(size: int) -> bytes:
    whole, exif, parts = a_jpeg(), an_exif(size), []
    for at in range(0, size, 65_000):
        part = b"Exif\0\0" + exif[at : at + 65_000]
        parts.append(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part)
    return whole[:2] + b"".join(parts) + whole[2:]


def exif_in_png(size: int) -> bytes:
    whole = a_png()
    return whole[:33] + chunk(b"eXIf", an_exif(size)) + whole[33:]


def many_frames(frames: int) -> bytes:
    made = io.BytesIO()
    Image.new("P", (8, 8)).save(made, "GIF")
    whole = made.getvalue()
    at = whole.index(b",")
    return whole[:at] + whole[at:-1] * frames + b";"


def with_picture(data: bytes, name: str = "a.png") -> Files:
    """An item that shows a picture, and another that does not."""
    item = a_choice("A", identifier="SHOWS", prompt=f'See <img src="{name}" alt="it"/>')
    return {"shows.xml": item, name: data}


def with_svg(inside: str, head: str = "") -> Files:
    return with_picture(head.encode() + an_svg(inside), "a.svg")


def with_math(inside: str) -> Files:
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x">{inside}</math>'
    return {"shows.xml": a_choice("A", identifier="SHOWS", prompt=math)}


def with_body(body: str, declarations: str | None = None) -> Files:
    declared = a_response("A") if declarations is None else declarations
    return {"shows.xml": an_item(body, identifier="SHOWS", declarations=declared)}


CHOICE: Final = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-simple-choice '
    'identifier="A">a</qti-simple-choice><qti-simple-choice identifier="B">b</qti-simple-choice>'
    "</qti-choice-interaction>"
)


def moodle(*questions: str, head: str = "") -> bytes:
    good = (
        '<question type="truefalse"><name><text>M1</text></name><questiontext><text>Acid strips.'
        '</text></questiontext><answer fraction="100"><text>true</text></answer>'
        '<answer fraction="0"><text>false</text></answer></question>'
    )
    return f'<?xml version="1.0"?>{head}<quiz>{"".join(questions)}{good}</quiz>'.encode()


def true_false(text: str, files: str = "") -> str:
    return (
        '<question type="truefalse"><name><text>BAD</text></name><questiontext format="html"><text>'
        f"<![CDATA[{text}]]></text>{files}</questiontext>"
        '<answer fraction="100"><text>true</text></answer></question>'
    )


def a_manifest(resources: str) -> bytes:
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M">'
        f"<resources>{resources}</resources></manifest>"
    ).encode()


def laughs(name: str, encoding: str = "utf-8") -> bytes:
    levels = "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(10))
    return f'<!DOCTYPE {name} [<!ENTITY a "ha">{levels}]><{name}>&k;</{name}>'.encode(encoding)
