"""Valid sources, damaged as hypothesis likes: bytes, lines, and the elements of a tree."""

from __future__ import annotations

import copy

from hypothesis import strategies as st
from lxml import etree

NASTY = (
    b"", b"\0", b"\xff", b"<", b"&", b"&#0;", b"]]>", b"<!--", b"{", b"}", b"\\", b"%", b'"', b"\r",
    b"\xef\xbb\xbf", "１２３".encode(), "\u202e".encode(), b"9" * 40, b"1e999", b"nan", b"-1",
)  # fmt: skip
TEXTS = (
    "", " ", "0", "-1", "9" * 5000, "1e999", "nan", "A A", "../x", "/etc/passwd", "a%00b", "\u202e",
    "x" * 300, "single", "record", "point", "ordered", "default", "1,1,0", "data:image/png;base64,A",
)  # fmt: skip


def mutated(data: st.DataObject, source: bytes, most: int = 4) -> bytes:
    """`source` with a few of its bytes exchanged, doubled, taken out or moved."""
    changed = bytearray(source)
    for _ in range(data.draw(st.integers(1, most))):
        at = data.draw(st.integers(0, len(changed)))
        upto = min(len(changed), at + data.draw(st.integers(0, 40)))
        match data.draw(st.integers(0, 4)):
            case 0:
                changed[at:upto] = data.draw(st.sampled_from(NASTY))
            case 1 if at < len(changed):
                changed[at] ^= 1 << data.draw(st.integers(0, 7))
            case 2:
                changed[at:at] = changed[at:upto] * data.draw(st.integers(1, 30))
            case 3:
                del changed[at:upto]
            case _:
                to = data.draw(st.integers(0, len(changed)))
                changed[to:to] = changed[at:upto]
    return bytes(changed)


def mutated_tree(data: st.DataObject, source: bytes, most: int = 4) -> bytes:
    """The XML `source` with a few of its elements doubled, nested, moved, taken out or renamed, and
    attributes and texts exchanged for others of the document, or for absurd ones."""
    root = etree.fromstring(source)
    every = [one for one in root.iter() if isinstance(one.tag, str)]
    values = [str(value) for one in every for value in one.attrib.values()]
    for _ in range(data.draw(st.integers(1, most))):
        every = [one for one in root.iter() if isinstance(one.tag, str)]
        one, other = (every[data.draw(st.integers(0, len(every) - 1))] for _ in range(2))
        text = data.draw(st.sampled_from([*TEXTS, *values]))
        parent = one.getparent()
        match data.draw(st.integers(0, 6)):
            case 0 if parent is not None:
                parent.extend(copy.deepcopy(one) for _ in range(data.draw(st.integers(1, 3))))
            case 1 if parent is not None:
                parent.remove(one)
            case 2:
                other.append(copy.deepcopy(one))
            case 3:
                one.tag = other.tag
            case 4 if one.attrib:
                one.set(data.draw(st.sampled_from(sorted(one.attrib))), text)
            case 5 if one.attrib:
                del one.attrib[data.draw(st.sampled_from(sorted(one.attrib)))]
            case _:
                one.text = text
    return bytes(etree.tostring(root, encoding="utf-8"))
