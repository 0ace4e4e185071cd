"""What `kiosk bank check` says: how bad, of which item, in words."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

Severity = Literal["error", "warning", "note"]
ORDER: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""An error keeps a bank from being sealed, a warning asks for a look, a note is for information."""


class Finding(Struct, frozen=True):
    """`item` is the author's identifier, or empty when it is about the whole bank."""

    severity: Severity
    item: str
    text: str


def by_severity(findings: list[Finding]) -> tuple[Finding, ...]:
    """Errors first; within a severity as they were found."""
    return tuple(sorted(findings, key=lambda finding: ORDER.index(finding.severity)))
