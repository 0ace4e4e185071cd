"""What the station's commands are asked alike."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from kiosk.station.acts import Why

StationFolder = Annotated[Path, typer.Option("--station", help="The station's folder.")]
SessionId = Annotated[str, typer.Argument(help="The session's id.")]
Cluster = Annotated[
    str,
    typer.Option(
        metavar="tls://HOST:PORT",
        help="A Dask scheduler whose workers do it; see docs/province.md.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
By = Annotated[str, typer.Option("--by", help="Who does it; the user's name if not said.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


def why_of(by: str, reason: str) -> Why:
    """Who acts, and why; the user of the computer where nobody is named."""
    return Why(by or getpass.getuser(), reason)
