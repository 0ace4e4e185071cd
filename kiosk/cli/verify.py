"""`kiosk verify`: any artefact, by the public root alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import out, plain, show_json
from kiosk.verify import Verdict, verify_file

app = typer.Typer(add_completion=False)


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="What to check.", metavar="FILE...")],
    root: Annotated[
        Path | None,
        typer.Option(help="The station's root.json; else the one beside the file.", metavar="FILE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Say what a file is, who signed it, and whether it holds.

    Reads every kind of artefact, the trust repository's own files, and codes saved as text, with
    the public root alone. Exit code 0: all hold; 4: one does not; 5: one is signed by somebody who
    may not (revoked, unknown, another role).

    \b
    Example:
        kiosk verify build/demo/bundles/*.bundle --root build/demo/usb/root.json
    """
    verdicts = []
    for file in files:
        verdict = verify_file(file, root)
        verdicts.append(verdict)
        if not as_json:
            _show(file, verdict)
    if as_json:
        shown = [_plain(file, verdict) for file, verdict in zip(files, verdicts, strict=True)]
        show_json(shown[0] if len(shown) == 1 else shown)
    if not all(verdict.valid for verdict in verdicts):
        damaged = any(not verdict.valid and verdict.permitted for verdict in verdicts)
        raise typer.Exit(4 if damaged else 5)


def _plain(file: Path, verdict: Verdict) -> dict[str, object]:
    return {
        "file": str(file),
        "kind": verdict.kind,
        "signer": verdict.signer,
        "valid": verdict.valid,
        "reason": verdict.reason,
        "facts": verdict.facts,
    }


def _show(file: Path, verdict: Verdict) -> None:
    mark = "✓ holds" if verdict.valid else "✗ does not hold"
    style = "green" if verdict.valid else "bold red"
    out.print(plain(f"{file}: {verdict.kind}"), markup=False, highlight=False, style="bold")
    out.print(plain(f"  {mark}: {verdict.reason}"), markup=False, highlight=False, style=style)
    for line in _told(verdict.facts):
        out.print(plain(f"  {line}"), markup=False, highlight=False)


def _told(facts: Mapping[str, object]) -> Iterator[str]:
    """Facts a line each; of a list of facts each is a line of its own."""
    for name, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{name}:"
            for one in value:
                yield "  " + "; ".join(f"{key} {said}" for key, said in one.items())
        else:
            yield f"{name}: {value}"
