"""What `keygen` does for everybody who is listed by a request: a key, its record, and the request."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.artefacts.enrolment import write_enrolment
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import require_name
from kiosk.artefacts.kinds import Role
from kiosk.cli.shown import lang, out, plain, say, show_json
from kiosk.trust.durable import write_durable
from kiosk.trust.keystore import FileKeyStore, write_record
from kiosk.words import text


def make_key(role: Role, name: str, folder: Path, *, as_json: bool) -> None:
    """Makes a key in `folder`, and says the words that both sides compare.

    Raises:
        InputRefused: not a name that can be listed.
        NotPermitted: there is a key already.
    """
    require_name(name)
    keys = FileKeyStore(folder).create(role, name)
    record, request = folder / f"{role}.pub", folder / f"{role}.enrol"
    write_record(record, keys.record)
    write_durable(request, write_enrolment(keys, int(time.time()), {}))
    words = " ".join(record_words(keys.record, lang()))
    if as_json:
        show_json({"record": str(record), "request": str(request), "words": words})
        return
    out.print(plain(words), markup=False, highlight=False)
    say(
        text(
            "Give {file} to the station; both read these words aloud and compare them",
            lang(),
            file=request,
        )
    )
