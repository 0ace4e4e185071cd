"""The employers' page: one HTML file that checks a certificate's code without a network.

It holds the station's public key, the numbers revoked and the day of that list, and nothing of a person. Who
made the page decides what it says, so it shows the key's fingerprint in words, to be compared with what the
station says of itself.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from kiosk.artefacts.certificate import Revoked
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.qr import Prefix
from kiosk.station.certificates.issuing import revoked_list
from kiosk.station.certificates.ladder import Ladder, read_ladder
from kiosk.station.home import Station
from kiosk.station.roster import LEVEL_WORDS
from kiosk.words import LANGUAGES, mark, text

_HERE: Final = Path(__file__).parent
_WORDS: Final = {
    "title": mark("Verify a certificate"),
    "how": mark(
        "Scan the code on the certificate with a scanner, or paste its text here. Nothing is sent anywhere: the page works without a network."
    ),
    "code": mark("The text of the code"),
    "check": mark("Verify"),
    "camera": mark("Scan with the camera"),
    "valid": mark("The certificate is valid"),
    "foreign": mark("Not signed by this station"),
    "foreign_more": mark(
        "The code was changed, or another station's. Ask the station that is named on the paper."
    ),
    "revoked": mark("The certificate was revoked on {day}"),
    "expired": mark("The certificate ended on {day}"),
    "unread": mark("This is not a certificate's code, or it was not read whole"),
    "unread_more": mark("Scan the code again; all of its text is needed."),
    "cannot": mark("This browser cannot check signatures: nothing is said about the certificate"),
    "cannot_more": mark(
        "Use Chrome or Edge 137, Firefox 129, Safari 17 or a later one; or the command kiosk verify."
    ),
    "name": mark("Name"),
    "level": mark("Level"),
    "discipline": mark("Discipline"),
    "number": mark("Certificate number"),
    "issued": mark("Issued on"),
    "until": mark("Valid until"),
    "endless": mark("without end"),
    "signed": mark("Signed by"),
    "listed": mark(
        "This page knows what was revoked until {day}; ask the station for a newer page for what came later."
    ),
    "whose": mark("Whose certificates this page checks"),
    "compare": mark(
        "These words are the fingerprint of the station's key. Compare them with those the station tells you by another way."
    ),
}


def employers_page(station: Station, now: datetime, lang: str = "zh-CN") -> bytes:
    """The page as of now.

    Raises:
        InputRefused: the ladder, which names the station, cannot be used.
    """
    with station.registry.reading() as connection:
        revoked = revoked_list(connection, now)
    ladder, record = read_ladder(station.folder), station.record(Role.STATION)
    return page_of(ladder, record, revoked, now, lang)


def page_of(ladder: Ladder, record: KeyRecord, revoked: Revoked, now: datetime, lang: str) -> bytes:
    """The page of a station's key, with the numbers that it revoked."""
    facts = {
        "lang": lang,
        "prefix": Prefix.CERTIFICATE,
        "kind": Kind.CERTIFICATE,
        "listed": ladder.day(now).isoformat(),
        "revoked": revoked.numbers,
        "stations": [
            {
                "name": {one: ladder.issuer.get(one, record.name) for one in LANGUAGES},
                "key": b64encode(record.sign).decode(),
                "fingerprint": {one: " ".join(record_words(record, one)) for one in LANGUAGES},
            }
        ],
        "levels": {
            level: {one: text(words, one) for one in LANGUAGES}
            for level, words in LEVEL_WORDS.items()
        },
        "words": {
            name: {one: text(words, one) for one in LANGUAGES} for name, words in _WORDS.items()
        },
    }
    style, script = (_part(f"employers.{kind}") for kind in ("css", "js"))
    # In a script element nothing may close it; JSON reads the escape as the sign itself.
    told = json.dumps(facts, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src {_allowed(script)}; style-src {_allowed(style)}"
    )
    page = _part("employers.html")
    for place, content in (
        ("@POLICY@", policy),
        ("@TITLE@", escape(text(mark("Verify a certificate"), lang))),
        ("@STYLE@", style),
        ("@SCRIPT@", script),
        ("@FACTS@", told),
    ):
        page = page.replace(place, content)
    return page.encode()


def _part(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _allowed(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
