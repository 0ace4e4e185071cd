"""A terminal in a process of its own that can be killed: it sits, answers, and says what is saved.

    python -m tests.faults.sitter STATE KEYS

Each line of its input is the seed of a sitter: a fork of this process, which has loaded the program but
opened nothing, so that a thousand of them need not load it a thousand times. `PID n` names the fork;
what follows is its own, up to `GONE`, which is said when it has ended.

KEYS holds the room's private keys (pickled by the test), so that every start is of the same terminal.
Prints `BACK item=value ...` and `LEFT released_ms left_ms at_ms` once released, then `TRY item value`
before each answer and `SAVED item value at_ms left_ms` after the screen said that it is saved. Each time left is read before or after its
moment `at_ms` of CLOCK_BOOTTIME as they stand here, so that no time that ran goes uncounted. The
proctor's part is played here too: it is not what is tested.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
from pathlib import Path

from kiosk.artefacts.keys import PrivateKeys
from kiosk.terminal import views
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.headless import HeadlessTerminal
from tests.terminal.room import Room, make_ready

NAMES = ("station", "opening", "recovery", "log", "author", "stranger")


def keys_of(room: Room) -> bytes:
    """The private keys of a room, and what else must be the same at each start."""

    def raw(keys: PrivateKeys) -> tuple[object, bytes, bytes | None]:
        return (keys.record, *keys.private_bytes())

    return pickle.dumps(
        {
            "single": {name: raw(getattr(room, name)) for name in NAMES},
            "proctors": [raw(keys) for keys in room.proctors],
            "terminals": [raw(keys) for keys in room.terminals],
            "shares": room.shares,
            "held": room.files.held,
        }
    )


def room_of(data: bytes) -> Room:
    told = pickle.loads(data)
    room = Room(
        **{name: PrivateKeys(*raw) for name, raw in told["single"].items()},
        proctors=tuple(PrivateKeys(*raw) for raw in told["proctors"]),
        terminals=tuple(PrivateKeys(*raw) for raw in told["terminals"]),
    )
    room.shares = told["shares"]
    room.files.held = told["held"]
    return room


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(state: Path, keys: Path, seed: int) -> None:
    room = room_of(keys.read_bytes())
    choices = random.Random(seed)
    terminal = HeadlessTerminal(state, SystemTime(), room.ports_of(room.terminals[0]))
    room.time.set_wall(SystemTime().wall_s())
    now_ms = SystemTime().now_ms
    released_ms = now_ms()
    view = room.release(terminal)
    if isinstance(view, views.SignIn):
        make_ready(terminal, room.candidates[0].number)
        view = terminal.view
    if isinstance(view, views.PartPage):
        view = terminal.do(views.BeginPart())
    assert isinstance(view, views.Exam), view
    attempt = terminal._flow._attempt
    kept = attempt.sitting.responses
    say("BACK " + " ".join(f"{item}={given['RESPONSE'][0]}" for item, given in kept.items()))
    say(f"LEFT {released_ms} {attempt.remaining_ms} {now_ms()}")
    for n in range(100_000):
        if isinstance(terminal.view, views.PartPage):
            terminal.do(views.BeginPart())
        number = choices.randrange(1, 7)
        item = terminal.do(views.GoTo(number)).question.item.id
        value = choices.choice("abcd") if item.startswith("i") else f"{seed}-{n}"
        say(f"TRY {item} {value}")
        view = terminal.send(views.Answer(item, "RESPONSE", (value,)))
        view = terminal.wait_saved()
        assert view.saved is views.Saved.SAVED
        if view.question.responses != {"RESPONSE": (value,)}:
            terminal.tick()  # its part is over
            continue
        say(f"SAVED {item} {value} {now_ms()} {attempt.remaining_ms}")
        terminal.tick()


def serve(state: Path, keys: Path) -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                say(f"PID {os.getpid()}")
                main(state, keys, int(line))
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        say("GONE")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
