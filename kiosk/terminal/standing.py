"""What was found of this computer since the session was offered, and what of it the journal lacks."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.artefacts.self_check import CHECKS, Finding, changed, place, told, unmet
from kiosk.terminal.trouble import CHECK_UNKNOWN


class Standing:
    """The findings of one terminal, the latest of each check."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}
        self._news: dict[str, Finding] = {}

    @property
    def found(self) -> tuple[Finding, ...]:
        """In the order of the table, what is of another version last."""
        return tuple(sorted(self._found.values(), key=lambda one: place(one.check)))

    def begin(self, found: Iterable[Finding]) -> None:
        """A session is offered; its release will tell the journal all of this."""
        self._found = {finding.check: finding for finding in found}
        self._news = {}

    def take(self, found: Iterable[Finding]) -> bool:
        """Something was looked at again; whether it is not as it was."""
        news = {finding.check: finding for finding in changed(self._found, found)}
        self._found |= news
        self._news |= news
        return bool(news)

    def news(self) -> dict[str, str]:
        """What the journal lacks, in its words; it is taken for written from here on."""
        news, self._news = self._news, {}
        return told(news.values())

    def lacking(self, required: Iterable[str]) -> Finding | None:
        """The first of the required checks that is not met, as it was found."""
        missing = unmet(required, self._found.values())
        return self._found.get(missing[0], Finding(missing[0], "unknown")) if missing else None


def code_of_check(finding: Finding) -> str:
    """The trouble of a required check that is not met."""
    line = CHECKS.get(finding.check)
    return line.code if line is not None and line.code else CHECK_UNKNOWN
