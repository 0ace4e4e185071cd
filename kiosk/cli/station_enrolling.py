"""`kiosk station enrol`: let in devices whose words people compared, or whose codes were scanned."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kiosk.artefacts.enrolment import Enrolment
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.cli.room_status import show_room, standing_of
from kiosk.cli.shown import lang, say, show_error, show_json
from kiosk.cli.station_asked import AsJson, StationFolder
from kiosk.cli.station_shown import party, show_enrolled, show_fingerprint
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import enrol as enrolment
from kiosk.station.home import Station, utc_now
from kiosk.station.registry import parties
from kiosk.trust.durable import read_given
from kiosk.words import explain, mark, text


def enrol(
    folder: StationFolder,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Requests made by devices (.enrol).")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: the words were compared.")
    ] = False,
    words: Annotated[
        str, typer.Option("--words", help="The fingerprint's words as read out by the device.")
    ] = "",
    scan: Annotated[
        bool,
        typer.Option(
            "--scan",
            help="Compare with codes scanned off the devices' screens, one after the other.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Admit terminals, proctors and authors, once people have compared the words.

    With --scan a scanner at this computer reads the code off each device's own screen: requests whose code
    was read are let in, and the others are named, also a terminal that has not shown that it outlasts a
    restart (--yes lets it in). Without FILES the codes are the requests. A picture or a page that came with
    the requests is no comparison.

    \b
    Examples:
      kiosk station enrol T-01.enrol --station station
      kiosk station enrol /media/usb/*.enrol --scan --station station
      kiosk station enrol --scan --station station
    """
    paths = files or []
    if words and len(paths) > 1:
        raise InputRefused("--words is of one device", remedy="Enrol one file at a time")
    if not paths and not scan:
        raise InputRefused(
            mark("no request is named"),
            remedy=mark("Name the .enrol files, or add --scan to read codes off the screens"),
        )
    requests = [_request(path) for path in paths]
    station = Station.open(folder)
    if scan:
        _scan(station, [one.record for one in requests], yes=yes, as_json=as_json)
        return
    done = []
    for path, request in zip(paths, requests, strict=True):
        record = request.record
        show_fingerprint(record)
        asked = text("Does the device show the same words?", lang())
        if request.restart_missing:
            say(text(enrolment.NO_RESTART, lang()))
            asked = text(
                "Does the device show the same words, and is it to be let in without that?", lang()
            )
        if words:
            if not enrolment.words_agree(record, words):
                raise NotPermitted(
                    "the words are not those of this file",
                    where=str(path),
                    remedy="Do not enrol it: somebody may have changed the file on its way",
                )
        elif not yes and not typer.confirm(asked, err=True):
            raise NotPermitted(
                "not enrolled: the words were not confirmed",
                where=str(path),
                remedy="Let the device make the file again and bring it yourself",
            )
        done.append(_enrolled(station, request))
    station.close()
    if as_json:
        show_json({"enrolled": done})
        return
    for one in done:
        show_enrolled(str(one["role"]), str(one["name"]), new=bool(one["new"]))


def room_status(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where the terminals wrote, such as a stick.")
    ],
    folder: StationFolder,
    as_json: AsJson = False,
) -> None:
    """Show how far the terminals of a room are set up, from what each wrote to a stick.

    On each: `kiosk terminal status --to FOLDER`, or the technician's page. A row is what that terminal says
    of itself, signed by its key; a file that is damaged, or of another key than the one enrolled under
    its name, is refused (exit code 3).

    \b
    Example:
      kiosk station room-status /media/usb --station station
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        listed = parties.every(connection, Role.TERMINAL)
    station.close()
    records = [one.record for one in listed]
    revoked = {one.record.kid for one in listed if one.revoked_at is not None}
    show_room(source, partial(standing_of, records, revoked), as_json=as_json)


def _request(path: Path) -> Enrolment:
    data = read_given(path, enrolment.MAX_REQUEST_BYTES)
    return enrolment.read_request(data, str(path))


def _enrolled(station: Station, request: Enrolment) -> dict[str, object]:
    new = enrolment.enrol(station, request.record, utc_now())
    shown = not request.restart_missing
    return {**party(request.record, None), "new": new, "restart_shown": shown}


def _scan(station: Station, requests: list[KeyRecord], *, yes: bool, as_json: bool) -> None:
    # What a terminal says of itself is taken from its screen, as its key is.
    codes = {one.record: one for one in _scanned(requests)}
    compared = enrolment.compare(requests or list(codes), list(codes))
    done, refused, forgetful = [], [], []
    for record in compared.same:
        if codes[record].restart_missing and not yes:
            forgetful.append(record)
            continue
        try:
            done.append(_enrolled(station, codes[record]))
        except KioskError as fault:
            show_error(fault)
            refused.append(record)
    station.close()
    left = {
        "refused": refused,
        "no_restart": forgetful,
        "otherwise": compared.otherwise,
        "no_code": compared.no_code,
        "no_request": compared.no_request,
    }
    if as_json:
        told = {why: [party(record, None) for record in some] for why, some in left.items()}
        show_json({"enrolled": done, **told})
    else:
        for one in done:
            show_enrolled(str(one["role"]), str(one["name"]), new=bool(one["new"]))
        _say_left(compared, forgetful)
    if not done:
        raise typer.Exit(4)
    if any(left.values()):
        raise typer.Exit(3)


def _scanned(requests: list[KeyRecord]) -> list[Enrolment]:
    """What a scanner types, until every request has its code or an empty line comes; each as read last."""
    if not sys.stdin.isatty():
        raise InputRefused(
            mark("codes are scanned off the screens, and not taken from a file"),
            remedy=mark("Run this in a window, with a scanner that types"),
        )
    language, codes = lang(), dict[KeyRecord, Enrolment]()
    say(
        text(
            "Scan the code of each device's screen, one after the other. Enter alone ends", language
        )
    )
    while not requests or not set(requests) <= set(codes):
        line = sys.stdin.readline().strip("\r\n")
        if not line.strip():
            break
        try:
            read = enrolment.read_code(line)
        except KioskError as fault:
            say(explain(fault, language))
            continue
        codes[read.record] = read
        n = len(set(requests) & set(codes)) if requests else len(codes)
        of = f"/{len(requests)}" if requests else ""
        say(f"{read.record.name}  {n}{of}")
    return list(codes.values())


def _say_left(compared: enrolment.Compared, forgetful: list[KeyRecord]) -> None:
    language = lang()
    for sentence, records in (
        (
            mark(
                "NOT enrolled, because the screen shows another key: {names}. Somebody changed the request "
                "on its way, or two devices have one name"
            ),
            compared.otherwise,
        ),
        (mark("Not enrolled, because no code of it was scanned: {names}"), compared.no_code),
        (
            mark(
                "Not enrolled, because the computer has not shown that it outlasts a restart: {names}"
            ),
            forgetful,
        ),
        (mark("A code was scanned, and no request is here: {names}"), compared.no_request),
    ):
        if records:
            say(text(sentence, language, names=_names(records)))


def _names(records: Iterable[KeyRecord]) -> list[str]:
    return [f"{one.name} ({one.kid.hex()[:8]})" for one in records]
