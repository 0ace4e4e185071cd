"""What of a desk's view is new to somebody who hears it: a scan read, an act signed, a seat that
stands still, the network lost. No Qt: `screens/window.py` has it read out.

Another page is told whole but for its lists; of the same page only what was not there before.
"""

from __future__ import annotations

import re
from typing import assert_never

from msgspec import Struct

from kiosk.proctor.views import Locked, Notebook, Row, Seats, SeatTile, Signing, View
from kiosk.words import text

_URGENT = ("bad", "warn")
_NUMBER = re.compile(r"\d+")


class Heard(Struct, frozen=True):
    """Sentences to read out, in order; `urgent` interrupts what is being read."""

    words: tuple[str, ...] = ()
    urgent: bool = False


def heard(before: View | None, now: View) -> Heard:
    """What is to be read out when `now` is shown after `before`."""
    came = before is None or type(before) is not type(now)
    old = {} if before is None or came else _parts(before)
    new = [words for key, words in _parts(now).items() if words and key not in old]
    urgent = bool(now.message) and not _good(now) and now.message in new
    match before, now:
        case (Signing(rows=known), Signing(rows=rows)) | (
            Notebook(rows=known),
            Notebook(rows=rows),
        ):
            new += [_row(row) for row in rows if row not in known]
        case Seats(tiles=known_tiles), Seats(tiles=tiles):
            told = {tile.terminal: _tile(tile) for tile in known_tiles}
            changed = [one for one in tiles if told.get(one.terminal, _tile(one)) != _tile(one)]
            new += map(_tile, changed)
            urgent = urgent or any(tile.tone in _URGENT for tile in changed)
        case _:
            pass
    return Heard(tuple(new), urgent)


def _parts(view: View) -> dict[object, str]:
    """What stands on a page, in reading order, by what makes it another."""
    match view:
        case Locked() | Notebook():
            said = [view.message]
        case Signing(lang, subject=subject, offer=offer, code=code):
            said = [subject.heading, *subject.lines]
            if offer is not None and code is None:
                said += [offer.title, *offer.lines, offer.missing]
                said += [offer.question] if offer.confirming else []
                said += [text("It can be signed now", lang)] if offer.signable else []
            if code is not None:
                said += [code.heading, *([code.text] if code.spoken else []), code.use, code.then]
            said.append(view.message)
        case Seats(details=chosen):
            # Ages and counts run on; that they do is nothing to interrupt anybody for.
            parts: dict[object, str] = {_NUMBER.sub("", view.hint): view.hint}
            if chosen is not None:
                parts[chosen.heading] = chosen.heading
                parts |= {(chosen.heading, _NUMBER.sub("", one)): one for one in chosen.lines}
            return parts | {view.message: view.message}
        case _:
            assert_never(view)
    return dict(zip(said, said, strict=True))


def _good(view: View) -> bool:
    return isinstance(view, Notebook | Seats) and view.good


def _row(row: Row) -> str:
    return ", ".join(filter(None, (row.where, row.what)))


def _tile(tile: SeatTile) -> str:
    """Without its note, which tells the time."""
    return f"{tile.seat}: {tile.words}"
