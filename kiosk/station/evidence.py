"""The evidence of one candidate's result: all that an appeal may ask for, in one signed file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.artefacts.answer_package import content_key, package, read_package
from kiosk.artefacts.codec import decode
from kiosk.artefacts.evidence import Act, Evidence, Logged, write_evidence
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.receipt import Receipt, write_receipt
from kiosk.errors import InputRefused
from kiosk.station import withheld
from kiosk.station.amendments import amended_file
from kiosk.station.home import Station
from kiosk.station.registry import Connection, acts, log, packages, parties, plans, results
from kiosk.station.results import counted_of
from kiosk.station.transparency import LogTree, make_receipts
from kiosk.words import mark

SCORED_BY = ("rescore", "void-item")
"""The acts that say by what an exam is scored."""


def evidence_of(station: Station, session: str, candidate: str, now: datetime) -> bytes:
    """The `.evidence` of what counts for a candidate.

    Raises:
        InputRefused: no such session, or nothing of this candidate counts: also while it waits for people's
            marks, for a decision, or for who it was that sat there.
    """
    make_receipts(station, now)  # so that the log's head covers the last act
    with station.registry.reading() as connection:
        plans.require_session(connection, session)
        exams = plans.exams_of(connection, session)
        roster = plans.roster_of(connection, session, candidate)
        came = packages.of_session(connection, session, candidate)
        scored = results.of_session(connection, session, candidate)
        counted = counted_of(came, scored, exams, roster).get(candidate)
        whose = withheld.standing(connection, session).get(candidate)
        if (
            counted is None
            or counted.result.pending
            or any(row.state == "conflict" for row in came)
            or (whose is not None and whose.confirmed is None)
        ):
            raise InputRefused(
                mark("nothing of candidate {candidate} counts in {session}"),
                remedy=mark("Look at the session's results for what is to be done first"),
                candidate=candidate,
                session=session,
            )
        row = counted.result
        data = packages.content(connection, row.package)
        party = parties.find(connection, counted.package.terminal)
        assert data is not None  # the schema keeps both
        assert party is not None
        proved = _prover(connection)
        made = [
            proved(act.content)
            for act in acts.of_session(connection, session)
            if act.kind in SCORED_BY and roster[0].exam in _exams(act.content)
        ]
        sealed = package(read_package(data), party.record)
        told = Evidence(
            package=proved(data),
            key=content_key(sealed, station.keys(Role.OPENING)),
            result=row.detail,
            bank=row.bank,
            version=row.version,
            scoring_version=row.scoring_version,
            acts=tuple(made),
            amendments=amended_file(station, row.bank, row.version, row.scoring_version),
            issued_at=int(now.timestamp()),
        )
    return write_evidence(told, station.keys(Role.STATION))


def _exams(content: bytes) -> list[str]:
    exams: list[str] = decode(content, Act, "act").details.get("exams", [])
    return exams


def _prover(connection: Connection) -> Callable[[bytes], Logged]:
    """What gives a leaf's content with its receipt in the newest signed tree."""
    signed = log.last_checkpoint(connection)
    assert signed is not None  # what counts has a leaf, and every leaf is signed for
    size, note, _ = signed
    leaves = log.every_leaf(connection)[:size]
    tree = LogTree(leaves)

    def proved(content: bytes) -> Logged:
        leaf = leaf_hash(content)
        at = leaves.index(leaf)
        return Logged(content, write_receipt(Receipt(leaf, at, tree.inclusion_proof(at), note)))

    return proved
