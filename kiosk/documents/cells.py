"""Cells of tables that other programs open: what people wrote never becomes a formula.

A spreadsheet takes a text that begins with one of `= + - @`, or with a tab or a return before it,
for a formula, and may run it. An apostrophe before it makes it text (OWASP, "CSV Injection").
"""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> object:
    """`value` as it may stand in a cell: numbers stay numbers, None is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value
