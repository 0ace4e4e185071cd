"""Opening a bank of 100 MB, against its two primitives alone: decrypt into a buffer, deserialize."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from cryptography.cobblestone import Cobblestone256Decryptor

from kiosk.artefacts.bank import SCHEMA, image_context, open_bank, read_bank, seal_image, write_bank
from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.sealing import new_key
from kiosk.assessment.content import Paragraph, Place, Text
from kiosk.assessment.items import Choice, Item, ItemText
from tests.benchmarks.measure import Result, at_most, paired

IMAGE_MB = 100
RUNS = 7


def run(image_mb: int = IMAGE_MB, runs: int = RUNS) -> list[Result]:
    key = new_key()
    ciphertext = seal_image(key, _image(image_mb), "bench", "1")
    data = write_bank(_manifest(), ciphertext)
    context = image_context("bench", "1")

    def whole() -> float:
        start = time.perf_counter()
        file = read_bank(data)
        with open_bank(key, file.ciphertext, "bench", "1") as bank:
            bank.item("item-0")
        return time.perf_counter() - start

    def primitives() -> float:
        start = time.perf_counter()
        buffer = bytearray(len(ciphertext))
        decryptor = Cobblestone256Decryptor(key, context)
        written = decryptor.update_into(ciphertext, buffer)
        tail = decryptor.finalize()
        buffer[written : written + len(tail)] = tail
        connection = sqlite3.connect(":memory:")
        connection.deserialize(memoryview(buffer)[: written + len(tail)])
        connection.close()
        return time.perf_counter() - start

    value, ratio = paired(whole, primitives, runs)
    goal, holds = at_most(ratio, 1.3)
    return [
        Result(
            name=f"bank of {image_mb} MB opened, first item read",
            value=value * 1000,
            unit="ms",
            against="decrypt into a buffer + deserialize",
            ratio=ratio,
            goal=goal,
            holds=holds,
            runs=runs,
        )
    ]


def _image(megabytes: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "image.sqlite")
        for statement in SCHEMA:
            connection.execute(statement)
        words = (Paragraph((Text("A question of ordinary length, as most are."),)), Place("r"))
        choices = {"r": {c: (Paragraph((Text(f"choice {c}"),)),) for c in "abcd"}}
        for number in range(500):
            item = Item(
                f"item-{number}", (Choice("r", tuple("abcd")),), {"en": ItemText(words, choices)}
            )
            connection.execute("INSERT INTO item VALUES (?, ?)", (item.id, encode(item)))
        for _ in range(megabytes):
            picture = os.urandom(1024 * 1024)
            name = hashlib.sha256(picture).hexdigest()
            connection.execute("INSERT INTO media VALUES (?, ?)", (name, picture))
        connection.commit()
        image = connection.serialize()
        connection.close()
    return image


def _manifest() -> bytes:
    author = PrivateKeys.generate(Role.AUTHOR, "bench")
    return sign(encode({"bench": 1}), Kind.BANK, author)
