"""A plan as a person fills it in at the console, and the plan file it becomes: `plan_file` reads it back.

Nothing is judged here. The file lies in the station's `plans/` with its tables beside it, and whatever is
wrong with it is said by the same checks as at the command line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from msgspec import Struct

from kiosk.words import mark

SECTIONS = 6
KINDS = {
    "single_choice": mark("Single choice"),
    "multiple_choice": mark("Multiple choice"),
    "true_false": mark("True or false"),
    "text_entry": mark("Fill in"),
    "extended_text": mark("Written answer"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
USUAL: Mapping[str, str] = {
    "zone": "Asia/Shanghai",
    "releasing_proctors": "2",
    "start": "own",
    "seats": "fixed",
    "exam": "E1",
    "level": "L4",
    "duration_minutes": "90",
    "forms": "2",
    "pass": "60",
    "earliest_hand_in_minutes": "30",
    "reserves": "0",
}


class Choice(Struct, frozen=True):
    """Somebody or something enrolled that a plan may name."""

    key: str
    name: str


def plan_toml(
    fields: Mapping[str, str],
    terminals: tuple[Choice, ...],
    proctors: tuple[Choice, ...],
    tables: Mapping[str, str],
) -> str:
    """The plan file that the filled-in fields say.

    Args:
        fields: by the names of the form; `terminal-KEY` and `proctor-KEY` are there where ticked.
        tables: the file names of the roster and, where there is one, of the room's layout, beside the plan.
    """
    given = {name: value.strip() for name, value in fields.items()}

    def word(name: str) -> str:
        return json.dumps(given.get(name, ""), ensure_ascii=False)

    def number(name: str) -> str:
        # What is no number stays as it is written, in quotes: the checks say so with its name.
        value = given.get(name, "")
        return value if value.isascii() and value.isdigit() else json.dumps(value)

    def moment(name: str) -> str:
        # Browsers leave the seconds out, TOML does not.
        value = given.get(name, "")
        return f"{value}:00" if _MOMENT.fullmatch(value) else json.dumps(value)

    lines = [
        f"session = {word('session')}",
        f"round = {word('round')}",
        f"room = {word('room')}",
        f"zone = {word('zone')}",
        f"opens = {moment('opens')}",
        f"closes = {moment('closes')}",
        *(f"{name} = {json.dumps(file)}" for name, file in sorted(tables.items())),
        "proctors = "
        + json.dumps(
            [one.name for one in proctors if f"proctor-{one.key}" in given], ensure_ascii=False
        ),
        "[policy]",
        f"releasing_proctors = {number('releasing_proctors')}",
        f"start = {word('start')}",
        f"seats = {word('seats')}",
    ]
    if given.get("latest_start_minutes"):
        lines.append(f"latest_start_minutes = {number('latest_start_minutes')}")
    for one in terminals:
        if f"terminal-{one.key}" in given:
            lines += ["[[terminal]]", f"name = {json.dumps(one.name, ensure_ascii=False)}"]
            if given.get(f"seat-{one.key}"):
                lines.append(f"seat = {word(f'seat-{one.key}')}")
    lines += [
        "[[exam]]",
        f"id = {word('exam')}",
        f"bank = {word('bank')}",
        f"level = {word('level')}",
        f"duration_minutes = {number('duration_minutes')}",
        f"forms = {number('forms')}",
        f"earliest_hand_in_minutes = {number('earliest_hand_in_minutes')}",
        f"reserves = {number('reserves')}",
        f"blueprint = {{ pass = {number('pass')}, converts_to = 100 }}",
    ]
    for at in range(1, SECTIONS + 1):
        if given.get(f"count-{at}"):
            lines += [
                "[[exam.section]]",
                f"kind = {word(f'kind-{at}')}",
                f"count = {number(f'count-{at}')}",
                f"points = {number(f'points-{at}')}",
            ]
    return "\n".join(lines) + "\n"
