"""From a journal to answer packages: the sittings it tells of, and the package of one that ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.answer_package import PackageContent, seal_package
from kiosk.artefacts.chain import Admitted, Happened, Record, TakenOver, head_of
from kiosk.artefacts.keys import Party
from kiosk.artefacts.session import SessionPlan
from kiosk.artefacts.sittings import begun
from kiosk.artefacts.slip import slip_for, slip_text
from kiosk.assessment.items import Item
from kiosk.assessment.responses import is_complete
from kiosk.assessment.sitting import IllegalEvent, Sitting, State
from kiosk.errors import InputRefused
from kiosk.terminal import views
from kiosk.terminal.plans import InstalledSession
from kiosk.terminal.storage import RecordDamaged
from kiosk.terminal.views import Done, Header
from kiosk.words import LANGUAGES


class Past(Struct, frozen=True):
    """A sitting as the journal tells it. `entries` counts the journal up to its end, or to its last
    event so far; `statement` is of the terminal it was taken over from, empty where it began."""

    index: int
    sitting: Sitting
    seat: str
    entries: int
    statement: bytes = b""

    @property
    def given(self) -> bool:
        """Whether it was given away, to be handed in elsewhere."""
        return self.sitting.state is State.TRANSFERRED


def past_sittings(records: Sequence[Record]) -> tuple[Past, ...]:
    """Every sitting of a journal, in order of admission.

    Raises:
        RecordDamaged: events that cannot follow each other.
    """
    found: list[Past] = []
    for count, record in enumerate(records, start=1):
        try:
            match record:
                case Admitted(seat=seat) | TakenOver(seat=seat):
                    sitting = begun(record)
                    assert sitting is not None  # each of the two begins one
                    statement = record.statement if isinstance(record, TakenOver) else b""
                    found.append(Past(len(found), sitting, seat, count, statement))
                case Happened(event) if found:
                    last = found[-1]
                    entries = last.entries if last.sitting.state.ended else count
                    sitting = last.sitting.apply(event)
                    found[-1] = replace(last, sitting=sitting, entries=entries)
                case Happened():
                    raise RecordDamaged("the journal has an event before anybody was admitted")
                case _:
                    pass
        except (InputRefused, IllegalEvent) as fault:
            raise RecordDamaged(f"entry {count} of the journal: {fault}") from fault
    return tuple(found)


def make_package(
    past: Past,
    entries: Sequence[bytes],
    session: InstalledSession,
    keys: Party,
    version: str,
    number: int,
) -> bytes:
    """The signed and sealed package of a sitting that has ended.

    Args:
        entries: the journal in the clear; what came after the sitting's end is left out.
    """
    plan: SessionPlan = session.plan
    journal = tuple(entries[: past.entries])
    sitting = past.sitting
    content = PackageContent(
        identity=sitting.identity,
        state=sitting.state,
        paper=sitting.paper,
        responses=sitting.responses,
        journal=journal,
        sitting=past.index,
        session_sha256=session.sha256,
        bank_image_sha256=plan.exam(sitting.identity.exam).bank.image_sha256,
        version=version,
        seat=past.seat,
    )
    return seal_package(
        content,
        number=number,
        head=head_of(plan.id, keys.record.kid, journal),
        recipients=(plan.opening, plan.recovery),
        terminal=keys,
    )


_HOW: Mapping[State, views.End] = {
    State.HANDED_IN: "handed_in",
    State.EXPIRED: "expired",
    State.ABORTED: "aborted",
}


def done_view(
    header: Header, sitting: Sitting, items: Sequence[Item], package: bytes, number: int
) -> Done:
    """What the candidate of a sitting that has ended sees once its package is on disk."""
    slip = slip_for(package)
    answered = sum(is_complete(item, sitting.responses_to(item.id)) for item in items)
    return Done(
        header=header,
        how=_HOW[sitting.state],
        answered=answered,
        count=len(items),
        words={lang: slip.words(lang) for lang in LANGUAGES},
        digits=slip.digits,
        slip=slip_text(slip),
        package=number,
    )
