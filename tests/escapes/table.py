"""docs/escapes.md: ways out of the exam, and what became of each when it was tried.

A `Scene` is a row. What was seen when it was played is kept in `observed.json` beside this file, and the page
is made from both, so that no verdict on it was ever written by hand:

    python -m tests.escapes.table            writes the page again; so does `make docs`
    make campaign ARGS=tests/escapes         plays all scenes that this machine can, then writes the page
                                             (under cage as root; KIOSK_DEBIAN_ROOTS as in tests/packaging)

A scene without `act` is for a whole computer (tests/machine/below.py plays it), and what was seen is kept by `keep`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, convert, to_builtins

PAGE = Path(__file__).parents[2] / "docs" / "escapes.md"
OBSERVED = Path(__file__).with_name("observed.json")


class Outcome(StrEnum):
    DEFEATED = "defeated"
    RECORDED = "recorded as an incident"
    OPEN = "open"
    UNTRIED = "not yet tried on a machine"


class Seen(Struct, frozen=True, omit_defaults=True):
    """What came of one scene: what it `gained`, whether the window was lost and came `back` by itself, and
    what was `recorded` of it in the journal."""

    gained: tuple[str, ...] = ()
    back: bool = False
    recorded: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if not self.gained:
            return Outcome.DEFEATED
        return Outcome.RECORDED if self.recorded else Outcome.OPEN


class Group(Struct, frozen=True):
    """A section of the page. `place` is where its scenes are played here, if they are."""

    title: str
    about: str
    place: Literal["x11", "cage", ""] = ""


class Scene(Struct, frozen=True):
    """A row of the page.

    Args:
        how: what is done, for whoever reads the page.
        must: what is to come of it; anything else fails the campaign.
        act: does it, and says what it gained beyond what is seen of the window; "" for nothing.
        checks: parts of the self-check whose change counts as recorded.
        before: sets the scene; what comes of that is not counted.
        stands: why it is as it is, or what stands against it.
        shown_by: tests below `tests/` of what stands against it, as `file::test`.
        quick: whether `make test` plays it, too.
    """

    name: str
    group: Group
    how: str
    must: Outcome
    act: Callable[[Any], str] | None = None
    checks: tuple[str, ...] = ()
    before: Callable[[Any], None] | None = None
    stands: str = ""
    shown_by: tuple[str, ...] = ()
    quick: bool = False


def observed() -> dict[str, Seen]:
    """What was seen of each scene when it was last played, by its name."""
    return convert(json.loads(OBSERVED.read_text("utf-8")), dict[str, Seen])


def keep(seen: Mapping[str, Seen], names: Iterable[str]) -> None:
    """Add what was seen, and forget what is no scene any more.

    Args:
        names: of all scenes there are.
    """
    known = {**observed(), **seen}
    kept = {name: known[name] for name in names if name in known}
    told = json.dumps(to_builtins(kept), ensure_ascii=False, indent=1)
    OBSERVED.write_text(f"{told}\n", "utf-8")


def page(scenes: Iterable[Scene], seen: Mapping[str, Seen]) -> str:
    """docs/escapes.md."""
    scenes = tuple(scenes)
    outcomes = [outcome_of(scene, seen) for scene in scenes]
    counts = ", ".join(f"{outcomes.count(one)} {one.value}" for one in Outcome)
    parts = [_HEAD.format(counts=counts)]
    for group in dict.fromkeys(scene.group for scene in scenes):
        rows = [_row(scene, seen) for scene in scenes if scene.group == group]
        parts.append(f"## {group.title}\n\n{group.about}\n\n{_COLUMNS}" + "".join(rows))
    return "\n".join(parts)


def outcome_of(scene: Scene, seen: Mapping[str, Seen]) -> Outcome:
    return seen[scene.name].outcome if scene.name in seen else Outcome.UNTRIED


_HEAD = """\
# Escapes

Made by tests (`make campaign ARGS="tests/escapes tests/machine"`, then `make docs`). Each row was tried with real
keys, buttons, windows and requests on the running program in the configuration of the package, those below the
program on a whole computer in QEMU with the bootable stick, while a candidate sat in an exam; its outcome is what was seen then, and `tests/escapes/scenes.py` says what it must be.

{counts}.

- **defeated**: whoever does it gains nothing: the paper stays on the whole screen, alone, with the keyboard, and
  no answer changes.
- **recorded as an incident**: something is gained, if only for a moment, and the journal has it: an incident, an
  interruption, or a change in the [self-check](self-check.md). It goes into the answer package under the
  terminal's signature, and so to the station.
- **open**: something is gained and nothing tells of it. What stands against it is outside the program.
- **not yet tried on a machine**: it needs a whole computer. Where a test shows what stands against it, the test is named.

One limit explains most of what is not defeated: **another program of the same user can do what the exam program
can**. The boundary is the user `kiosk-terminal`, as which nothing else runs
([threat-model.md](threat-model.md)).
"""
_COLUMNS = """\
| escape | how it is tried | what was seen | outcome | what stands against it |
|---|---|---|---|---|
"""


def _row(scene: Scene, seen: Mapping[str, Seen]) -> str:
    told = _told(seen[scene.name]) if scene.name in seen else ""
    tests = ", ".join(f"`{one}`" for one in scene.shown_by)
    stands = " ".join(filter(None, (scene.stands, f"Shown by {tests}." if tests else "")))
    cells = (scene.name, scene.how, told, f"**{outcome_of(scene, seen).value}**", stands)
    return f"| {' | '.join(cells)} |\n"


def _told(seen: Seen) -> str:
    gained = ", ".join(seen.gained) or "nothing"
    back = "; then all was as before" if seen.back else ""
    told = (one if "`" in one else f"`{one}`" for one in seen.recorded)
    kept = "; in the journal: " + ", ".join(told) if seen.recorded else ""
    return gained + back + kept


def main() -> int:
    # Scenes are made of what is defined here.
    from tests.escapes.scenes import SCENES

    keep({}, (scene.name for scene in SCENES))
    PAGE.write_text(page(SCENES, observed()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
