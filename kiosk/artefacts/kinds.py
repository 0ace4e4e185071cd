"""Which artefacts there are: suffix, the type string that is signed with it, and who may sign it.

The type string is the `external_aad` of the COSE signature (RFC 9052 section 4.4), so that one
artefact can never pass for another.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a key may be used for, as its key record says.

    A station has four keys, kept apart: `STATION` signs sessions and releases, `OPENING` opens
    packages and scoring files, `LOG` signs the checkpoints of the transparency log, `LINE` signs
    replies on a network and nothing else. `RECOVERY` opens what the station's opening key can no
    longer open, and is kept offline. `BUILDER` is no party of a station: it signs what is installed.
    """

    STATION = "station"
    OPENING = "opening"
    LOG = "log"
    LINE = "line"
    AUTHOR = "author"
    RECOVERY = "recovery"
    PROCTOR = "proctor"
    TERMINAL = "terminal"
    BUILDER = "builder"
    ASSESSOR = "assessor"
    """Who gives marks outside this program: an examiner of practice or review, or a simulator."""


class Kind(StrEnum):
    """The signed type string of each artefact."""

    BANK = "kiosk/bank-manifest/1"
    SCORING = "kiosk/scoring/1"
    SESSION = "kiosk/session/1"
    RELEASE = "kiosk/release/1"
    UNLOCK = "kiosk/unlock/1"
    COMMAND = "kiosk/command/1"
    ROOM = "kiosk/room/1"
    PACKAGE = "kiosk/package/1"
    BUNDLE = "kiosk/bundle/1"
    TRANSFER = "kiosk/transfer/1"
    PROCTOR_LOG = "kiosk/proctorlog/1"
    ENROLMENT = "kiosk/enrolment/1"
    REQUEST = "kiosk/request/1"
    REPLY = "kiosk/reply/1"
    MANIFEST = "kiosk/manifest/1"
    SCORE_SHEET = "kiosk/scoresheet/1"
    CERTIFICATE = "kiosk/certificate/1"
    EVIDENCE = "kiosk/evidence/1"


SIGNERS: dict[Kind, frozenset[Role]] = {
    Kind.BANK: frozenset({Role.AUTHOR}),
    Kind.SCORING: frozenset({Role.AUTHOR}),
    Kind.SESSION: frozenset({Role.STATION}),
    Kind.RELEASE: frozenset({Role.STATION}),
    Kind.UNLOCK: frozenset({Role.PROCTOR}),
    Kind.COMMAND: frozenset({Role.PROCTOR}),
    Kind.ROOM: frozenset({Role.PROCTOR}),
    Kind.PACKAGE: frozenset({Role.TERMINAL}),
    Kind.BUNDLE: frozenset({Role.TERMINAL}),
    Kind.TRANSFER: frozenset({Role.TERMINAL}),
    Kind.PROCTOR_LOG: frozenset({Role.PROCTOR}),
    Kind.ENROLMENT: frozenset({Role.TERMINAL, Role.PROCTOR, Role.AUTHOR, Role.ASSESSOR}),
    Kind.REQUEST: frozenset({Role.TERMINAL, Role.PROCTOR}),
    Kind.REPLY: frozenset({Role.PROCTOR, Role.LINE}),
    Kind.MANIFEST: frozenset({Role.BUILDER}),
    Kind.SCORE_SHEET: frozenset({Role.ASSESSOR}),
    Kind.CERTIFICATE: frozenset({Role.STATION}),
    Kind.EVIDENCE: frozenset({Role.STATION}),
}

SUFFIXES: dict[str, Kind] = {
    ".bank": Kind.BANK,
    ".scoring": Kind.SCORING,
    ".session": Kind.SESSION,
    ".release": Kind.RELEASE,
    ".package": Kind.PACKAGE,
    ".bundle": Kind.BUNDLE,
    ".transfer": Kind.TRANSFER,
    ".proctorlog": Kind.PROCTOR_LOG,
    ".enrol": Kind.ENROLMENT,
    ".manifest": Kind.MANIFEST,
    ".scoresheet": Kind.SCORE_SHEET,
    ".evidence": Kind.EVIDENCE,
}
