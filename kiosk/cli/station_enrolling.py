"""`kiosk station enrol`: let in devices whose words people compared, or whose codes were scanned."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from kiosk.artefacts.keys import KeyRecord
from kiosk.cli.shown import lang, say, show_error, show_json
from kiosk.cli.station_asked import AsJson, StationFolder
from kiosk.cli.station_shown import party, show_enrolled, show_fingerprint
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import enrol as enrolment
from kiosk.station.home import Station, utc_now
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
    was read are let in, and the others are named. Without FILES the codes are the requests. A picture or
    a page that came with the requests is no comparison.

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
        _scan(station, requests, as_json=as_json)
        return
    done = []
    for path, record in zip(paths, requests, strict=True):
        show_fingerprint(record)
        if words:
            if not enrolment.words_agree(record, words):
                raise NotPermitted(
                    "the words are not those of this file",
                    where=str(path),
                    remedy="Do not enrol it: somebody may have changed the file on its way",
                )
        elif not yes and not typer.confirm(
            text("Does the device show the same words?", lang()), err=True
        ):
            raise NotPermitted(
                "not enrolled: the words were not confirmed",
                where=str(path),
                remedy="Let the device make the file again and bring it yourself",
            )
        new = enrolment.enrol(station, record, utc_now())
        done.append({**party(record, None), "new": new})
    station.close()
    if as_json:
        show_json({"enrolled": done})
        return
    for one in done:
        show_enrolled(str(one["role"]), str(one["name"]), new=bool(one["new"]))


def _request(path: Path) -> KeyRecord:
    data = read_given(path, enrolment.MAX_REQUEST_BYTES)
    return enrolment.read_request(data, str(path)).record


def _scan(station: Station, requests: list[KeyRecord], *, as_json: bool) -> None:
    codes = _scanned(requests)
    compared = enrolment.compare(requests or codes, codes)
    done, refused = [], []
    for record in compared.same:
        try:
            new = enrolment.enrol(station, record, utc_now())
        except KioskError as fault:
            show_error(fault)
            refused.append(record)
            continue
        done.append({**party(record, None), "new": new})
    station.close()
    left = {
        "refused": refused,
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
        _say_left(compared)
    if not done:
        raise typer.Exit(4)
    if any(left.values()):
        raise typer.Exit(3)


def _scanned(requests: list[KeyRecord]) -> list[KeyRecord]:
    """What a scanner types, until every request has its code or an empty line comes."""
    if not sys.stdin.isatty():
        raise InputRefused(
            mark("codes are scanned off the screens, and not taken from a file"),
            remedy=mark("Run this in a window, with a scanner that types"),
        )
    language, codes = lang(), list[KeyRecord]()
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
            record = enrolment.read_code(line)
        except KioskError as fault:
            say(explain(fault, language))
            continue
        if record not in codes:
            codes.append(record)
        n = len(set(requests) & set(codes)) if requests else len(codes)
        of = f"/{len(requests)}" if requests else ""
        say(f"{record.name}  {n}{of}")
    return codes


def _say_left(compared: enrolment.Compared) -> None:
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
        (mark("A code was scanned, and no request is here: {names}"), compared.no_request),
    ):
        if records:
            say(text(sentence, language, names=_names(records)))


def _names(records: Iterable[KeyRecord]) -> str:
    return ", ".join(f"{one.name} ({one.kid.hex()[:8]})" for one in records)
