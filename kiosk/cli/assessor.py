"""`kiosk assessor ...`: the key of who gives marks outside this program, and what it signs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.score_sheet import MAX_BYTES, Format, ScoreSheet, write_score_sheet
from kiosk.cli.new_key import make_key
from kiosk.cli.shown import lang, say, show_json
from kiosk.errors import InputRefused
from kiosk.trust.durable import read_given, write_durable
from kiosk.trust.keystore import FileKeyStore
from kiosk.words import mark, text

app = typer.Typer(
    help="Assessors and simulators: a key of their own, and marks signed with it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
_FORMATS: dict[str, Format] = {".xlsx": "xlsx", ".jsonl": "xapi"}


@app.command()
def keygen(
    name: Annotated[str, typer.Option(help="The assessor's name, as the station will list it.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The key's folder.")],
    as_json: AsJson = False,
) -> None:
    """Make an assessor's key, and the request (.enrol) that the station lists it by.

    \b
    Example:
      kiosk assessor keygen --name 赵考评 --out ~/assessor-key
    """
    make_key(Role.ASSESSOR, name, out_folder, as_json=as_json)


@app.command()
def sign(
    files: Annotated[
        list[Path], typer.Argument(help="Filled score sheets (.xlsx), xAPI statements (.jsonl).")
    ],
    key: Annotated[Path, typer.Option("--key", help="The folder of the assessor's key.")],
    as_json: AsJson = False,
) -> None:
    """Sign score sheets: beside each lies then a .scoresheet for the station.

    What is inside is not looked at; the station does when it imports it.

    \b
    Example:
      kiosk assessor sign practice.xlsx --key ~/assessor-key
    """
    keys = FileKeyStore(key).load()
    made = []
    for path in files:
        kind = _FORMATS.get(path.suffix.lower())
        if kind is None:
            raise InputRefused(
                mark("this is neither a score sheet (.xlsx) nor statements (.jsonl)"),
                where=str(path),
                remedy=mark("Save it as XLSX, or export the statements one a line"),
            )
        content = read_given(path, MAX_BYTES - 4096)
        sheet = ScoreSheet(kind, path.name, content, int(time.time()))
        target = path.with_suffix(".scoresheet")
        write_durable(target, write_score_sheet(sheet, keys))
        made.append(target)
    if as_json:
        show_json({"signed": [str(path) for path in made]})
        return
    for path in made:
        say(text("Signed: bring {file} to the station", lang(), file=path))
