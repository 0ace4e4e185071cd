"""XML is opened in one way: whatever tries to expand, fetch or exhaust is refused with its place."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from kiosk.errors import InputRefused
from kiosk.readers.xml import XmlLimits, line_of, parse_xml

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
<item title="&f;">&f;</item>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_billion_laughs_are_refused_in_any_encoding(encoding: str) -> None:
    data = LAUGHS.decode().replace('<?xml version="1.0"?>', "").encode(encoding)
    with pytest.raises(InputRefused, match=r"entities|zero"):
        parse_xml(data, "laughs.xml")


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the key is A")
    data = f'<!DOCTYPE i [<!ENTITY x SYSTEM "{secret.as_uri()}">]><i>&x;</i>'.encode()
    with pytest.raises(InputRefused, match="entities"):
        parse_xml(data, "xxe.xml")


def test_a_doctype_from_the_network_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    data = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/x.dtd"><svg/>'
    assert parse_xml(data, "drawing.svg").tag == "svg"


def test_an_entity_without_a_declaration_is_refused_with_its_line() -> None:
    external = b'<!DOCTYPE p SYSTEM "xhtml.dtd">\n<p>\na&nbsp;b</p>'
    with pytest.raises(InputRefused) as caught:
        parse_xml(external, "item.xml")
    assert caught.value.where.startswith("item.xml:")


def test_nesting_is_limited() -> None:
    with pytest.raises(InputRefused, match="deeper"):
        parse_xml(b"<a>" * 100 + b"</a>" * 100, "deep.xml")


def test_absurd_nesting_is_refused_quickly() -> None:
    began = time.monotonic()
    with pytest.raises(InputRefused):
        parse_xml(b"<a>" * 1_000_000, "deeper.xml")
    assert time.monotonic() - began < 5


def test_size_and_number_of_elements_are_limited() -> None:
    limits = XmlLimits(size_bytes=1000, nodes=10)
    with pytest.raises(InputRefused, match="larger"):
        parse_xml(b"<a>" + b"x" * 1000 + b"</a>", "big.xml", limits)
    with pytest.raises(InputRefused, match="10 elements"):
        parse_xml(b"<a>" + b"<b/>" * 20 + b"</a>", "many.xml", limits)


def test_a_fault_names_file_and_line() -> None:
    with pytest.raises(InputRefused) as caught:
        parse_xml(b'<?xml version="1.0"?>\n<a>\n<b>\n</a>', "item.xml")
    assert caught.value.where == "item.xml:4"


def test_lines_are_those_of_the_file_also_after_a_declaration_over_two_lines() -> None:
    root = parse_xml(b'<?xml version="1.0"\n encoding="UTF-8"?>\n<a>\n <b/></a>', "item.xml")
    assert (line_of(root), line_of(root[0])) == (3, 4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_chinese_is_read_in_its_usual_encodings(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>萃取</a>'.encode(encoding)
    assert parse_xml(data, "item.xml").text == "萃取"


def test_an_encoding_that_is_not_what_it_says_is_refused() -> None:
    data = '<?xml version="1.0" encoding="UTF-8"?><a>萃取</a>'.encode("gb18030")
    with pytest.raises(InputRefused, match="utf-8"):
        parse_xml(data, "item.xml")


def test_a_strange_encoding_is_refused() -> None:
    with pytest.raises(InputRefused, match="UTF-7"):
        parse_xml(b'<?xml version="1.0" encoding="UTF-7"?><a/>', "item.xml")


def test_comments_and_instructions_do_not_split_a_text() -> None:
    assert parse_xml(b"<a>one<!-- two --> <?php x?>three</a>", "a.xml").text == "one three"
