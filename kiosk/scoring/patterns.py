"""Patterns of the XML Schema (XSD part 2, appendix F), matched in time linear in the text.

A pattern is turned into one of RE2, which cannot run away; it speaks of the whole text, and what RE2
cannot hold (a repetition over 1,000 times, a pattern too large) is refused when the rule is checked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from kiosk.errors import InputRefused

MAX_PATTERN: Final = 500
_HEAD: Final = "^(?:"
_TAIL: Final = r")$(?!\n\Z)"


def check_pattern(pattern: str) -> None:
    """Raises InputRefused when `pattern` is none."""
    _compiled(pattern)


def matches_whole(pattern: str, text: str) -> bool:
    """Whether all of `text` is as `pattern` says."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    # Takes 0.4 s to import, and few items have a pattern; checking a signature needs none.
    import re2
    from elementpath.regex import RegexError, translate_pattern

    if len(pattern) > MAX_PATTERN:
        raise InputRefused(f"a pattern of {len(pattern)} characters; {MAX_PATTERN} may be")
    if pattern.startswith("^") or (pattern.endswith("$") and not pattern.endswith("\\$")):
        raise InputRefused(
            "the pattern has the sign ^ at its start or $ at its end, which stand for themselves here",
            remedy="Leave them out: a pattern always means the whole text. Or write \\^ and \\$",
        )
    try:
        plain = translate_pattern(
            pattern, back_references=False, lazy_quantifiers=False, anchors=False
        )
        options = re2.Options()
        options.log_errors = False
        return re2.compile(plain.removeprefix(_HEAD).removesuffix(_TAIL), options=options)
    except (RegexError, re2.error, RecursionError, ValueError) as fault:
        raise InputRefused(f"'{pattern[:60]}' is no pattern that can be matched") from fault
