"""Sentences that several screens say, and times and kinds in words."""

from __future__ import annotations

from kiosk.assessment import accommodations
from kiosk.assessment.accommodations import EXTRA_TIME, READ_ALOUD, display_with, text_size
from kiosk.assessment.display import Display
from kiosk.assessment.items import Kind
from kiosk.terminal.views import Clock, OverviewSection, PartLabel
from kiosk.ui.theme import THEMES, Look
from kiosk.ui.tokens import Theme
from kiosk.words import mark, ntext, text

KINDS = {
    Kind.SINGLE_CHOICE: mark("Single choice"),
    Kind.MULTIPLE_CHOICE: mark("Multiple choice"),
    Kind.TRUE_FALSE: mark("True or false"),
    Kind.INLINE_CHOICE: mark("Choose in the text"),
    Kind.TEXT_ENTRY: mark("Fill in"),
    Kind.EXTENDED_TEXT: mark("Long answer"),
    Kind.ORDER: mark("Put in order"),
    Kind.ASSOCIATE: mark("Make pairs"),
    Kind.MATCH: mark("Match two lists"),
    Kind.GAP_MATCH: mark("Words into gaps"),
    Kind.HOTTEXT: mark("Words in a text"),
    Kind.SLIDER: mark("Set on a scale"),
    Kind.COMPOSITE: mark("Combined question"),
    Kind.HOTSPOT: mark("Places in a picture"),
    Kind.SELECT_POINT: mark("Points in a picture"),
    Kind.GRAPHIC_ORDER: mark("Order in a picture"),
    Kind.GRAPHIC_ASSOCIATE: mark("Lines in a picture"),
    Kind.GRAPHIC_GAP_MATCH: mark("Fill in a picture"),
    Kind.POSITION_OBJECT: mark("Put into a picture"),
}
PROMPTS = {
    Kind.SINGLE_CHOICE: mark("Choose one answer"),
    Kind.MULTIPLE_CHOICE: mark("Choose two or more"),
    Kind.TRUE_FALSE: mark("Choose one answer"),
    Kind.INLINE_CHOICE: mark("Choose from the lists"),
    Kind.TEXT_ENTRY: mark("Type into the blanks"),
    Kind.EXTENDED_TEXT: mark("Write your answer"),
    Kind.ORDER: mark("Give every choice its place"),
    Kind.ASSOCIATE: mark("Join what belongs together"),
    Kind.MATCH: mark("Give each its partner"),
    Kind.GAP_MATCH: mark("Fill the gaps from the choices"),
    Kind.HOTTEXT: mark("Choose words of the text"),
    Kind.SLIDER: mark("Set the value"),
    Kind.COMPOSITE: mark("Answer every part"),
    Kind.HOTSPOT: mark("Choose in the picture"),
    Kind.SELECT_POINT: mark("Mark the picture"),
    Kind.GRAPHIC_ORDER: mark("Number the places in the picture"),
    Kind.GRAPHIC_ASSOCIATE: mark("Join places in the picture"),
    Kind.GRAPHIC_GAP_MATCH: mark("Fill the places in the picture"),
    Kind.POSITION_OBJECT: mark("Put the object in its place"),
}


def granted_text(granted: tuple[str, ...], look: Look) -> str:
    """What was granted to a candidate, in a line."""
    lang, display = look.lang, display_with(granted, Display())
    size, breaks = text_size(granted), accommodations.breaks(granted)
    parts = [
        text("extra time", lang) if EXTRA_TIME in granted else "",
        text("text size {scale} %", lang, scale=size) if size else "",
        look.say(THEMES[Theme(display.theme)]) if display.theme != Display().theme else "",
        text("questions read aloud", lang) if READ_ALOUD in granted else "",
        ntext("{n} break", "{n} breaks", breaks, lang) if breaks else "",
    ]
    return " · ".join(filter(None, parts))


def clock_text(remaining_ms: int) -> str:
    """h:mm:ss; a second that has begun is still shown."""
    seconds = max(0, -(-remaining_ms // 1000))
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def minutes_text(clock: Clock, look: Look) -> str:
    """Time left in whole minutes, for those who hear the screen."""
    minutes = max(0, -(-clock.remaining_ms // 60_000))
    if clock.in_part and minutes == 1:
        return text("1 minute to the end of this part", look.lang)
    if clock.in_part:
        return text("{minutes} minutes to the end of this part", look.lang, minutes=minutes)
    if minutes == 1:
        return text("1 minute to the end", look.lang)
    return text("{minutes} minutes to the end", look.lang, minutes=minutes)


def review_text(part: PartLabel | None, lang: str) -> str:
    """What leads to the review: before handing in, or before closing a part."""
    if part is None or part.last:
        return text("Review and hand in…", lang)
    return text("Review this part…", lang)


def section_text(section: OverviewSection, look: Look) -> str:
    """A section's title with its state by sign and word."""
    states = {
        "open": text("▶ open", look.lang),
        "closed": text("■ closed", look.lang),
        "coming": text("○ coming", look.lang),
    }
    one_way = text("only onwards", look.lang) if section.linear else ""
    state = states.get(section.state, "")
    return " · ".join(filter(None, [look.of(section.title), state, one_way]))


def points_text(points: str, look: Look) -> str:
    if points == "1":
        return text("1 point", look.lang)
    return text("{points} points", look.lang, points=points)


def clock_words(duration_ms: int, look: Look) -> str:
    """A duration in words: hours and minutes, or minutes and seconds in the last hour."""
    seconds = max(0, -(-duration_ms // 1000))
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return text("{hours} h {minutes} min", look.lang, hours=hours, minutes=minutes)
    if minutes:
        return text("{minutes} min {seconds} s", look.lang, minutes=minutes, seconds=seconds % 60)
    return text("{seconds} s", look.lang, seconds=seconds)
