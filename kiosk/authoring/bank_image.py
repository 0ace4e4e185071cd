"""Writes the SQLite image of a `.bank`; `kiosk.artefacts.bank` holds its schema and reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from kiosk.artefacts.bank import SCHEMA
from kiosk.artefacts.codec import encode
from kiosk.assessment.items import Item


def bank_image(items: Iterable[Item], media: Mapping[str, bytes]) -> bytes:
    """The image's bytes, rows ordered by identifier, so that nothing tells the author's order."""
    database = Database(memory=True)
    try:
        for statement in SCHEMA:
            database.execute(statement)
        rows = ({"id": item.id, "body": encode(item)} for item in sorted(items, key=_by_id))
        database.table("item").insert_all(rows)
        pictures = ({"id": name, "png": png} for name, png in sorted(media.items()))
        database.table("media").insert_all(pictures)
        return bytes(database.conn.serialize())
    finally:
        database.close()


def _by_id(item: Item) -> str:
    return item.id
