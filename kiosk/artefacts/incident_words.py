"""Incidents of a journal in words, for whoever reads of them at the station; the journal keeps the codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kiosk.artefacts.token_words import COMMAND_WORDS, REASON_WORDS
from kiosk.artefacts.tokens import Command
from kiosk.words import listed, mark, text

INCIDENT_WORDS: dict[str, str] = {
    "asleep": mark("the computer was asleep"),
    "code-refused": mark("a proctor's code was refused"),
    "focus-lost": mark("another program had the keyboard"),
    "keys-too-fast": mark("keys came faster than a hand types"),
    "screen-changed": mark("the screen's size changed"),
    "taken-from-mirror": mark("taken over from a mirror"),
    "window-gone": mark("the window was covered, hidden or made smaller"),
    "T-21": mark("the disk was full"),
    "T-22": mark("the disk could not be written"),
    "T-24": mark("the disk reported a fault"),
    "T-51": mark("a second screen was connected"),
    "T-52": mark("the screen was too small"),
    "T-53": mark("the keyboard was pulled out"),
    "T-54": mark("the battery was nearly empty"),
    # A proctor's caution, by its reason; without one it is for misconduct.
    **{reason.name.lower(): words for reason, words in REASON_WORDS.items()},
    "misconduct": COMMAND_WORDS[Command.CAUTION],
}


def incidents_said(codes: Iterable[str], lang: str) -> str:
    """Each once, with how often it happened where that is more than once; one of another version by its code."""
    said = []
    for code, times in Counter(codes).items():
        words = text(INCIDENT_WORDS.get(code, code), lang)
        said.append(
            text("{words} ({detail})", lang, words=words, detail=times) if times > 1 else words
        )
    return listed(said, lang)
