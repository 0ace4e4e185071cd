"""What the station's commands are asked alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
