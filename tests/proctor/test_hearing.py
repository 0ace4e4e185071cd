"""What a desk has read out: what is new, once, and never a clock that ticks."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.proctor import views
from kiosk.proctor.hearing import Heard, heard

HEADER = views.Header("Li Min", "R15", "10:00-12:00")
SIGNING = views.Signing("en", HEADER, views.Subject(), None, None, ())
OFFER = views.Offer(1, "Start", ("Zhang San may begin",))
TILE = views.SeatTile(b"8", "08", "Zhang San", "Running", "58 min left", "clock", "ok", False)
SEATS = views.Seats("en", HEADER, "R15", (), (), (TILE,), None, "Room's network: 2 of 2 heard")


def test_a_scan_tells_whom_it_is_about_and_what_is_offered() -> None:
    read = replace(SIGNING, subject=views.Subject("Seat 08", ("Zhang San",)), offer=OFFER)
    assert heard(SIGNING, read).words == ("Seat 08", "Zhang San", "Start", "Zhang San may begin")
    assert heard(read, read) == Heard()
    ready = replace(read, offer=replace(OFFER, signable=True))
    assert heard(read, ready).words == ("It can be signed now",)
    chosen = replace(read, offer=replace(OFFER, serial=2, missing="Choose a reason"))
    assert heard(read, chosen).words == ("Choose a reason",)
    asked = replace(chosen, offer=replace(OFFER, confirming=True, question="End seat 08 for good?"))
    assert heard(chosen, asked).words == ("End seat 08 for good?",)


def test_a_signed_act_tells_the_code_and_its_line() -> None:
    read = replace(SIGNING, offer=OFFER)
    code = views.Code("KQ1:AB", "Show this to seat 08", "Hold it up", "Then scan", timed=True)
    row = views.Row("10:01", "Seat 08", "Start")
    signed = replace(read, code=code, rows=(row,))
    assert heard(read, signed).words == (
        "Show this to seat 08",
        "Hold it up",
        "Then scan",
        "Seat 08, Start",
    )
    spoken = replace(signed, code=replace(code, text="123 456", spoken=True))
    assert heard(signed, spoken).words == ("123 456",)


def test_a_refusal_interrupts() -> None:
    refused = replace(SIGNING, message="This code is for another room")
    assert heard(SIGNING, refused) == Heard(("This code is for another room",), urgent=True)
    done = replace(SEATS, message="The paper is in the folder")
    assert heard(SEATS, done) == Heard(("The paper is in the folder",))


def test_a_seat_that_stands_still_is_told_at_once_and_a_clock_never() -> None:
    later = replace(SEATS, tiles=(replace(TILE, note="57 min left"),))
    assert heard(SEATS, later) == Heard()
    stopped = replace(SEATS, tiles=(replace(TILE, words="Stopped T-21", tone="bad"),))
    assert heard(later, stopped) == Heard(("08: Stopped T-21",), urgent=True)
    assert heard(stopped, SEATS) == Heard(("08: Running",))
    other = replace(TILE, terminal=b"9", seat="09")
    assert heard(SEATS, replace(SEATS, tiles=(TILE, other))) == Heard()  # another filter


def test_a_lost_network_is_told_once() -> None:
    counted = replace(SEATS, hint="Room's network: 1 of 2 heard")
    assert heard(SEATS, counted) == Heard()
    silent = replace(SEATS, hint="The room's network is silent, last heard 5 s ago")
    assert heard(counted, silent).words == (silent.hint,)
    older = replace(silent, hint="The room's network is silent, last heard 10 s ago")
    assert heard(silent, older) == Heard()


def test_another_page_is_told_without_its_lists() -> None:
    rows = (views.Row("10:01", "Seat 08", "Start"),)
    assert heard(SEATS, replace(SIGNING, subject=views.Subject("Scan"), rows=rows)).words == (
        "Scan",
    )
    assert heard(None, SEATS).words == (SEATS.hint,)
