"""From the plain values of a TOML file to structs, with errors that name the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from kiosk.errors import InputRefused

T = TypeVar("T")


def convert(plain: object, kind: type[T], where: str) -> T:
    """`plain` as a `kind`.

    Raises:
        InputRefused: something missing, unknown or of a wrong type; the place is in the summary.
    """
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as fault:
        raise InputRefused(
            str(fault).replace("`", "'").replace("$.", ""),
            where=where,
            remedy="Correct this entry",
        ) from fault


def plain_numbers(plain: Any) -> Any:
    """`plain` with every number as the text its author wrote (0.5 stays 0.5, not a binary float)."""
    if isinstance(plain, Mapping):
        return {name: plain_numbers(value) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [plain_numbers(value) for value in plain]
    if isinstance(plain, int | float | Decimal) and not isinstance(plain, bool):
        return str(plain)
    return plain


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Gives `where` to an error from inside that does not say its place itself."""
    try:
        yield
    except InputRefused as fault:
        if fault.where:
            raise
        raise fault.at(where) from fault
