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
from collections.abc import Callable
from random import Random
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


# --- the bombs ------------------------------------------------------------------------------------


def with_template(rules: str) -> Files:
    declared = (
        '<qti-template-declaration identifier="N" cardinality="single" base-type="float"/>'
        "<qti-outcome-declaration"
    )
    item = a_choice("A", identifier="SHOWS").replace(b"<qti-outcome-declaration", declared.encode())
    processing = f"<qti-template-processing>{rules}</qti-template-processing><qti-item-body>"
    return {"shows.xml": item.replace(b"<qti-item-body>", processing.encode())}


TABLE: Final = b"type,stem,key\nT/F,Acid strips.,T\n"
GIFTS: Final = GIFT.encode()

BOMBS: Final[dict[str, Callable[[], Files]]] = {
    # XML
    "billion laughs": lambda: {"x.xml": laughs("qti-assessment-item")},
    "billion laughs in UTF-16": lambda: {"x.xml": laughs("a", "utf-16")},
    "a file as an entity": lambda: {
        "x.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    },
    "a parameter entity": lambda: {
        "x.xml": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><a/>'
    },
    "attributes by default": lambda: {
        "x.xml": b'<!-- <!DOCTYPE a> --><!DOCTYPE a SYSTEM "x>y" [<!ATTLIST b x CDATA "'
        + b"x" * MIB
        + b'">]><a>'
        + b"<b/>" * 40_000
        + b"</a>"
    },
    "document types without end": lambda: {"x.xml": b"<a>" + b"<!DOCTYPE" * 400_000},
    "deep nesting": lambda: {"x.xml": b"<a>" * MIB},
    "attributes without end": lambda: {
        "x.xml": GOOD.replace(b"<qti-item-body", b"<qti-item-body " + attributes(100_000)).replace(
            b"GOOD", b"X"
        )
    },
    "problems without end": lambda: with_body("<foo/>\n" * 40_000 + CHOICE),
    "fields without end": lambda: with_body(
        "<p>" + '<qti-text-entry-interaction response-identifier="R"/>' * 20_000 + "</p>",
        a_response("a", identifier="R", base_type="string"),
    ),
    "spans without end": lambda: with_body("<p>" + "<span>xxx</span>" * 60_000 + "</p>" + CHOICE),
    "another encoding": lambda: {
        "x.xml": b'<?xml version="1.0" encoding="utf-16"?>' + GOOD.partition(b"?>")[2]
    },
    "no encoding": lambda: {"x.xml": b'<?xml version="1.0" encoding="utf-7"?><a/>'},
    "a zero character": lambda: {"x.xml": GOOD.replace(b"GOOD", b"X\0")},
    "numbers of thousands of digits": lambda: with_body(
        f'<table><tr><td colspan="0001{"9" * 5000}">a</td></tr></table>{CHOICE}'
    ),
    "one identifier for two items": lambda: {"a.xml": GOOD, "b.xml": GOOD},
    # pictures
    "a zero character in an address": lambda: (
        with_body(f'<img src="a%00.png" alt="a"/>{CHOICE}') | {"x.xml": b"<a/>"}
    ),
    "sixty thousand pixels a side": lambda: with_picture(png_header(60_000, 60_000)),
    "a picture cut short": lambda: with_picture(a_png()[:45]),
    "a polyglot of GIF and script": lambda: with_picture(b"GIF89a/*" + b"*/alert(1)//" * 9),
    "scans without end": lambda: with_picture(endless_scans(3_000)),
    "EXIF that reads itself": lambda: with_picture(exif_in_jpeg(MIB)),
    "EXIF that reads itself in a PNG": lambda: with_picture(exif_in_png(MIB)),
    "frames without end": lambda: with_picture(many_frames(100_000)),
    "one broken picture a thousand times": lambda: {
        **with_body('<img src="a.png" alt="a"/>' * 5_000 + CHOICE),
        "a.png": a_noise()[: 4 * MIB],
    },
    # drawings
    "a script in a drawing": lambda: with_svg("<script>alert(1)</script>"),
    "a drawing from elsewhere": lambda: with_svg('<image href="http://127.0.0.1:9/x.png"/>'),
    "a drawing that uses itself": lambda: with_svg('<g id="a"><use href="#a"/></g>'),
    "a drawing with entities": lambda: with_picture(laughs("svg"), "a.svg"),
    "path data without end": lambda: with_svg(f'<path d="M0 0{"h1" * 3_000_000}"/>'),
    "closed without end": lambda: with_svg(f'<path d="M0 0{"z" * 499_000}"/>'),
    "dashes without end": lambda: with_svg(
        '<g stroke="black" stroke-dasharray="'
        + "1 " * 500_000
        + '">'
        + '<path d="M0 0h1"/>' * 2_000
        + "</g>"
    ),
    "a number without end": lambda: with_svg(f'<rect width="{"1" * 200_000}x" height="1"/>'),
    "a scale without end": lambda: with_svg(
        '<text x="1" y="1" transform="scale(1e300) scale(1e300)">a</text>'
    ),
    # formulae
    "a bracket a million em high": lambda: with_math(
        '<mrow><mo>(</mo><mspace width="1em" height="1000000em"/><mo>)</mo></mrow>'
    ),
    "a number of 19,000 digits": lambda: with_math(f"<mn>{'1' * 19_000}</mn>"),
    "formulae without end": lambda: with_body(
        "<p>"
        + "".join(
            f'<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mn>{at}</mn></math>'
            for at in range(5_000)
        )
        + f"</p>{CHOICE}"
    ),
    # templates
    "a power without end": lambda: with_template(
        '<qti-set-template-value identifier="N"><qti-power><qti-base-value base-type="float">10'
        '</qti-base-value><qti-base-value base-type="float">1000000000</qti-base-value></qti-power>'
        "</qti-set-template-value><qti-set-correct-response identifier='NONE'>"
        "<qti-base-value base-type='float'>1</qti-base-value></qti-set-correct-response>"
    ),
    # packages
    "a manifest with entities": lambda: {"imsmanifest.xml": laughs("manifest")},
    "a bank with a number of 5,000 digits": lambda: (
        {"bank.toml": b"a = " + b"1" * 5_000} | {"x.xml": b"<a/>"}
    ),
    # GIFT and Aiken
    "a GIFT of one line of 50 MB": lambda: {"a.gift": b"x" * 50_000_000 + b"{T}"},
    "a question of 15 MB": lambda: {"a.gift": GIFTS + b"\n" + b"x" * 15_000_000 + b"{T}"},
    "braces without end": lambda: {"a.gift": GIFTS + b"\n" + b"{}" * 3_000_000},
    "a percentage without end": lambda: {"a.gift": GIFTS + b"\nQ {~%" + b" " * 100_000 + b"x ~y}"},
    "TeX that is not closed": lambda: {"a.gift": GIFTS + b"\nQ " + b"\\\\(" * 60_000 + b"{1}"},
    "TeX in TeX in TeX": lambda: {
        "a.gift": GIFTS + b"\nQ $$" + b"\\\\sqrt\\{" * 190 + b"x" + b"\\}" * 190 + b"$${T}"
    },
    "a zero character in a question": lambda: {"a.gift": GIFTS + b"\nQ \0{T}\n"},
    "comments without end": lambda: {"a.gift": b"<!--" * 16_000},
    "an Aiken question of 15 MB": lambda: {
        "a.txt": b"Q\nA) a\nB) b\nANSWER: A\n\n" + b"x" * 15_000_000 + b"\nA) a\nB) b\nANSWER: C\n"
    },
    # Moodle
    "a giant picture in base64": lambda: {
        "a.xml": moodle(
            true_false(
                '<img src="@@PLUGINFILE@@/a.png" alt="x">',
                f'<file name="a.png" encoding="base64">{"A" * 24_000_000}</file>',
            )
        )
    },
    "HTML with everything": lambda: {
        "a.xml": moodle(
            true_false(
                "<script>x</script><style>x</style><iframe src=x></iframe><svg onload=x><object>"
                "<embed><form><input onfocus=x><base href=x><meta http-equiv=refresh><link><?php x?>"
                "&#0;&#x1F;&bogus;<a href='javascript:x'>x</a><font face=evil>"
            )
        )
    },
    "deep HTML": lambda: {"a.xml": moodle(true_false("<b>" * 50_000))},
    "a pair too many": lambda: {
        "a.xml": moodle(
            '<question type="matching"><name><text>BAD</text></name><questiontext><text>q</text>'
            "</questiontext>"
            + "".join(
                f"<subquestion><text>{at}</text><answer><text>b{at}</text></answer></subquestion>"
                for at in range(20_000)
            )
            + "</question>"
        )
    },
    # tables
    "a CSV field of 50 MB": lambda: {"a.csv": TABLE + b"T/F," + b"x" * 50_000_000 + b",T\n"},
    "a CSV field of 15 MB": lambda: {
        "a.csv": TABLE + b"T/F," + b"x" * 15_000_000 + b",T\nT/F,After.,T\n"
    },
    "a quotation mark left open": lambda: {"a.csv": TABLE + b'T/F,"x,T\n' + b"T/F,y,T\n" * 9_000},
    "commas without end": lambda: {"a.csv": TABLE + b"x," * 7_000_000},
    "a million blank rows": lambda: {
        "a.xlsx": a_workbook_with({SHEET: a_sheet(b"<row/>" * 1_000_000)})
    },
    "shared strings without end": lambda: {
        "a.xlsx": a_workbook_with(
            {"xl/sharedStrings.xml": b"<sst %s>%s</sst>" % (_MAIN, b"<si/>" * 10_000_000)}
        )
    },
    "styles without end": lambda: {
        "a.xlsx": a_workbook_with(
            {"xl/styles.xml": b"<styleSheet %s>%s</styleSheet>" % (_MAIN, b"<xf/>" * 1_000_000)}
        )
    },
    "everything merged": lambda: {
        "a.xlsx": a_workbook_with(
            {SHEET: a_sheet(b"", b'<mergeCells><mergeCell ref="A1:IV90000"/></mergeCells>' * 900)}
        )
    },
    "a formula that asks another workbook": lambda: {
        "a.xlsx": a_workbook(
            [["type", "stem", "key"], ["T/F", "Acid strips.", "T"], ["T/F", "=[1]A!A1", "T"]]
        )
    },
}


def attributes(count: int) -> bytes:
    return b" ".join(b'n%d=""' % at for at in range(count))


def a_noise() -> bytes:
    """A PNG that does not pack."""
    file = io.BytesIO()
    noise = Random(1).randbytes(1_400 * 1_400 * 3)
    Image.frombytes("RGB", (1_400, 1_400), noise).save(file, "PNG", compress_level=0)
    return file.getvalue()
