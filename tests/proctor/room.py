"""A session with two proctors and two terminals, as keys and files in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kiosk.artefacts.challenge import Challenge, Phase, challenge_text
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import SeatName, write_release
from kiosk.artefacts.session import (
    BankRef,
    ExamPlan,
    NamedProctor,
    Policy,
    SeatedTerminal,
    SessionPlan,
    Window,
    new_share,
)
from kiosk.artefacts.trust_list import Trust, TrustList
from kiosk.assessment.sitting import Terms
from kiosk.proctor.desk import Desk

OPENS = 1_800_000_000
SESSION = "R15-0301"
THIRTY = (*(f"{at:02}" for at in range(1, 31)), None)
Places = Mapping[str | None, tuple[int, int]]
IN_THE_ROOM: Places = {
    seat: (at // 6 + 1, at % 6 + 1 + (at % 6 > 2)) for at, seat in enumerate(THIRTY)
}
"""Rows of six with an aisle in the middle; the spare in a row of its own at the back."""
NAMES = ("王喆", "张海燕", "买买提·阿不都热合曼", "李珺", "陈堃")


class Room:
    """`now` is the desks' clock; edit it, or the trust list, to make the day go wrong."""

    def __init__(
        self,
        folder: Path,
        seats: tuple[str | None, ...] = ("08", None),
        places: Places = MappingProxyType({}),
    ) -> None:
        generate = PrivateKeys.generate
        self.folder, self.seats = folder, seats
        self.now = OPENS + 60
        self.station = generate(Role.STATION, "Station")
        self.opening = generate(Role.OPENING, "Station")
        self.recovery = generate(Role.RECOVERY, "Recovery")
        self.terminals = [generate(Role.TERMINAL, f"T-{seat or 31}") for seat in seats]
        self.proctors = [generate(Role.PROCTOR, "李建国"), generate(Role.PROCTOR, "王珺")]
        self.shares = {proctor.record.kid: new_share() for proctor in self.proctors}
        self.start = b""
        self.places = places
        self.revoked: tuple[bytes, ...] = ()

    def trust(self) -> Trust:
        station: tuple[KeyRecord, ...] = (self.station.record, self.opening.record)
        listed = tuple(keys.record for keys in (*self.terminals, *self.proctors))
        return Trust(
            TrustList("authority", OPENS, (*station, self.recovery.record)),
            TrustList("delegated", OPENS, listed, self.revoked),
        )

    def plan(self) -> SessionPlan:
        minutes = 60_000
        exam = ExamPlan(
            id="E1",
            title={"zh-CN": "理论知识", "en": "Theory"},
            discipline={"zh-CN": "稀土萃取工", "en": "Rare-earth extraction"},
            level={"zh-CN": "中级工", "en": "L4"},
            bank=BankRef("rare_earth_extraction", "1.0.0", "banks/re.bank", bytes(32)),
            terms=Terms(90 * minutes, most_extension_ms=30 * minutes),
        )
        return SessionPlan(
            id=SESSION,
            round="R15",
            room="3",
            window=Window(OPENS, OPENS + 7200),
            policy=Policy(releasing_proctors=2),
            exams=(exam,),
            terminals=tuple(
                SeatedTerminal(keys.record.kid, keys.record.name, seat, self.places.get(seat))
                for keys, seat in zip(self.terminals, self.seats, strict=True)
            ),
            proctors=tuple(NamedProctor(p.record.kid, p.record.name) for p in self.proctors),
            opening=self.opening.record,
            recovery=self.recovery.record,
            issued_at=OPENS - 86_400,
        )

    def release(self) -> bytes:
        return write_release(
            self.plan(),
            [keys.record for keys in self.terminals],
            [keys.record for keys in self.proctors],
            self.shares,
            self.people(),
            self.station,
            self.start,
        )

    def people(self) -> tuple[SeatName, ...]:
        return tuple(
            SeatName(f"{at:04}", NAMES[at % len(NAMES)], "E1", seat)
            for at, seat in enumerate(filter(None, self.seats), 1)
        )

    def desk(self, proctor: int = 0) -> Desk:
        desk = Desk(self.proctors[proctor], self.trust(), self.folder, lambda: self.now)
        desk.add_release(self.release())
        return desk

    def challenge(
        self,
        terminal: int = 0,
        *,
        session: str = SESSION,
        phase: Phase = Phase.LOCKED,
        count: int = 0,
        head: bytes = bytes(16),
        remaining_s: int = 0,
        granted_min: int = 0,
    ) -> Challenge:
        kid = self.terminals[terminal].record.kid
        return Challenge(
            kid,
            session,
            b"n" * 12,
            count,
            head,
            phase,
            remaining_s=remaining_s,
            granted_min=granted_min,
        )

    def scan(self, **changes: object) -> str:
        return challenge_text(self.challenge(**changes))  # type: ignore[arg-type]
