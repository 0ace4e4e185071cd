"""A bank's author may be malicious: whatever the image is, it is read as items or refused."""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts import bank
from kiosk.artefacts.bank import BankReader
from kiosk.artefacts.codec import encode
from kiosk.assessment import content, items
from kiosk.errors import InputRefused, KioskError
from tests.artefacts.samples import BANK_KEY, an_image, an_item


def read_all(image: bytes) -> list[object]:
    with BankReader(image) as reader:
        return [(reader.item(name), reader.media("m1")) for name in reader.item_ids()]


def test_items_and_pictures_come_back_as_sealed() -> None:
    assert read_all(an_image()) == [(an_item(), b"\x89PNG\r\n")]


def an_item_of_everything() -> items.Item:
    """An item that uses all of the content model."""
    drawing = content.Drawing(
        10, 10, "a line", (content.Path("ML", (0, 0, 1, 1), stroke=content.Stroke()),),
        (content.Label(0, 0, "pH"),), 5,
    )  # fmt: skip
    text = (content.Text("x"), content.LineBreak(), content.Formula(drawing), content.Field("t"))
    paragraph = content.Paragraph(text)
    body = (
        paragraph,
        content.Preformatted("a\n b"),
        content.ItemList(((paragraph, content.ItemList(((paragraph,),), True)),)),
        content.Table(((content.Cell(text, True, 2, 1),),), text),
        content.Figure(drawing, text),
        content.Figure(content.Raster("00" * 32, 1, 1, "a photograph")),
        content.Place("r"),
    )
    interactions = (
        items.Choice("r", ("a", "b"), 0, 1, True, ("b",)),
        items.InlineChoice("q", ("a",), True),
        items.TextEntry("t", "float"),
    )
    return items.Item("i1", interactions, {"zh-CN": items.ItemText(body, {"r": {"a": body}})})


def test_every_kind_of_content_survives_the_bank() -> None:
    item = an_item_of_everything()
    assert read_all(an_image(body=encode(item)))[0][0] == item


@pytest.mark.parametrize("statement", [
    "CREATE TABLE extra (x)",
    "CREATE VIEW v AS SELECT load_extension('x')",
    "CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM item; END",
    "CREATE INDEX n ON item (body)",
    "CREATE INDEX n ON item (length(body)) WHERE length(body) > 3",
    "ALTER TABLE item ADD COLUMN g TEXT AS (upper(id)) VIRTUAL",
    "ALTER TABLE item RENAME TO other",
    "DROP TABLE media",
    "ANALYZE",
])  # fmt: skip
def test_a_schema_that_is_not_a_banks_is_refused(statement: str) -> None:
    with pytest.raises(InputRefused, match="not the tables of a bank"):
        BankReader(an_image(statement))


WRITABLE = "PRAGMA writable_schema = ON"


@pytest.mark.parametrize("forged", [
    "UPDATE sqlite_master SET sql = 'CREATE TABLE item (id, body)' WHERE name = 'item'",
    "UPDATE sqlite_master SET sql = 'garbage' WHERE name = 'item'",
    "UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'item'",
    "UPDATE sqlite_master SET rootpage = 1 WHERE name = 'item'",
    "UPDATE sqlite_master SET rootpage = -1 WHERE name = 'item'",
    "UPDATE sqlite_master SET type = 'view' WHERE name = 'item'",
    "UPDATE sqlite_master SET sql = replace(sql, 'BLOB', 'TEXT') WHERE name = 'item'",
    "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, 'CREATE VIRTUAL TABLE x USING dbstat')",
    "INSERT INTO sqlite_master VALUES ('table', 'x', 'x', 0, 'CREATE VIRTUAL TABLE x USING fts5(y)')",
    "INSERT INTO sqlite_master VALUES ('view', 'x', 'x', 0, NULL)",
    "DELETE FROM sqlite_master",
])  # fmt: skip
def test_a_schema_table_written_by_hand_gains_nothing(forged: str) -> None:
    with pytest.raises(InputRefused):
        read_all(an_image(WRITABLE, forged))


def test_two_tables_swapped_under_their_names_are_refused() -> None:
    swap = (
        WRITABLE,
        "UPDATE sqlite_master SET name = 'swap', tbl_name = 'swap' WHERE name = 'item'",
        "UPDATE sqlite_master SET name = 'item', tbl_name = 'item' WHERE name = 'media'",
        "UPDATE sqlite_master SET name = 'media', tbl_name = 'media' WHERE name = 'swap'",
    )
    with pytest.raises(InputRefused):
        read_all(an_image(*swap))


@pytest.mark.parametrize("statement", [
    "UPDATE item SET body = x'00'",
    "UPDATE item SET body = zeroblob(20000000)",
    "UPDATE item SET id = 'other'",
    "INSERT INTO item SELECT hex(randomblob(4)), body FROM item",
    "UPDATE item SET body = x'a0'",
])  # fmt: skip
def test_values_that_are_no_item_are_refused(statement: str) -> None:
    with pytest.raises(InputRefused):
        read_all(an_image(statement))


def test_values_of_another_type_are_refused() -> None:
    """STRICT tables cannot hold them; the bytes of a page can say anything."""
    image = an_image("UPDATE item SET id = 'AAAA'")
    at = image.rindex(b"AAAA")
    for changed in (b"\xff\xfe\xfd\xfc", b"\x00\x00\x00\x00"):
        with pytest.raises(InputRefused):
            read_all(image[:at] + changed + image[at + 4 :])
    # The record's header, just before: its serial type says text (21 = 4 characters) or blob (20).
    header = image.rindex(b"\x15", 0, at)
    with pytest.raises(InputRefused):
        read_all(image[:header] + b"\x14" + image[header + 1 :])


@contextmanager
def an_open_reader() -> Iterator[sqlite3.Connection]:
    with BankReader(an_image()) as reader:
        yield reader._connection


@pytest.mark.parametrize("statement", [
    "INSERT INTO item VALUES ('x', x'00')",
    "DELETE FROM item",
    "CREATE TABLE t (x)",
    "ATTACH DATABASE 'x.db' AS x",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "SELECT load_extension('x')",
    "SELECT randomblob(1000000000)",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM sqlite_temp_master",
    "SELECT id FROM (SELECT id FROM item) JOIN json_each('[1]')",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
    "VACUUM INTO 'copy.db'",
    "BEGIN",
])  # fmt: skip
def test_the_connection_can_do_nothing_but_read_the_tables(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with an_open_reader() as connection, pytest.raises(sqlite3.Error):
        connection.execute(statement).fetchall()
    assert list(tmp_path.iterdir()) == []


def test_every_defence_of_this_python_is_on() -> None:
    with an_open_reader() as connection:
        if sys.version_info >= (3, 12):
            assert connection.getconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE)
            assert not connection.getconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA)
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == bank.MAX_VALUE_BYTES
        connection.set_authorizer(None)
        assert connection.execute("PRAGMA query_only").fetchone() == (1,)
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert connection.execute("PRAGMA cell_size_check").fetchone() == (1,)


IMAGE = an_image("INSERT INTO media VALUES ('m2', zeroblob(3000))")


def read_or_refuse(image: bytes) -> None:
    with suppress(KioskError):
        read_all(image)


# Each byte in two ways, of every two neighbours the one in these and the other in those; `make campaign`
# does it the other way round.
@pytest.mark.parametrize("odd", [0, pytest.param(1, marks=pytest.mark.campaign)])
def test_an_image_changed_at_any_byte_is_read_or_refused_and_never_worse(odd: int) -> None:
    for at in range(len(IMAGE)):
        for value in ((0x00, IMAGE[at] ^ 0x80), (0xFF, IMAGE[at] ^ 0x01))[(at + odd) % 2]:
            read_or_refuse(IMAGE[:at] + bytes([value]) + IMAGE[at + 1 :])


def test_an_image_cut_or_filled_anywhere_is_read_or_refused() -> None:
    for length in range(0, len(IMAGE), 61):
        read_or_refuse(IMAGE[:length])
        read_or_refuse(IMAGE[:length] + bytes(len(IMAGE) - length))
    for size in (0, 1, 99, 100, 512, 65_536):
        read_or_refuse(random.Random(size).randbytes(size))
        read_or_refuse(IMAGE[:100] + random.Random(size).randbytes(size))


@given(st.lists(st.tuples(st.integers(0, len(IMAGE) - 1), st.integers(0, 255)), max_size=40))
def test_an_image_changed_at_many_places_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    image = bytearray(IMAGE)
    for at, value in changes:
        image[at] = value
    read_or_refuse(bytes(image))


def test_a_bank_opens_with_its_own_key_and_name_only() -> None:
    sealed = memoryview(bank.seal_image(BANK_KEY, IMAGE, "re-se", "1"))
    bank.open_bank(BANK_KEY, sealed, "re-se", "1").close()
    for key, name, version in (
        (bytes(32), "re-se", "1"),
        (BANK_KEY, "re-sf", "1"),
        (BANK_KEY, "re-se", "2"),
        (b"short", "re-se", "1"),
    ):
        with pytest.raises(InputRefused):
            bank.open_bank(key, sealed, name, version)


def test_opening_a_bank_leaves_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    read_all(IMAGE)
    assert list(tmp_path.iterdir()) == []
