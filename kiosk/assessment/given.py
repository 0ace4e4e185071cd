"""What a candidate gave, by item and response: answers, and choices struck out.

Values are never changed: each function returns the next one, and keeps nothing that is empty.
"""

from __future__ import annotations

from kiosk.assessment.responses import NO_RESPONSE, Response

Given = dict[str, dict[str, Response]]


def value_of(given: Given, item: str, response: str) -> Response:
    return given.get(item, {}).get(response, NO_RESPONSE)


def with_value(given: Given, item: str, response: str, value: Response) -> Given:
    """`given` with one value changed."""
    if value_of(given, item, response) == value:
        return given
    of_item = {**given.get(item, {}), response: value}
    if value == NO_RESPONSE:
        del of_item[response]
    rest = {key: kept for key, kept in given.items() if key != item}
    return {**rest, item: of_item} if of_item else rest


def with_strike(strikes: Given, item: str, response: str, choice: str, struck: bool) -> Given:
    """`strikes` with one choice struck out or taken back."""
    kept = {*value_of(strikes, item, response)} - {choice}
    if struck:
        kept.add(choice)
    return with_value(strikes, item, response, tuple(sorted(kept)))


def without_chosen(strikes: Given, item: str, response: str, value: Response) -> Given:
    """`strikes` after `value` was answered: what is chosen is struck out no more."""
    kept = (one for one in value_of(strikes, item, response) if one not in value)
    return with_value(strikes, item, response, tuple(kept))
