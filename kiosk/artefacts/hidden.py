"""Values that hold secrets and are never shown: not by `repr`, not by rich, not in a traceback."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Hidden(Struct, frozen=True):
    """Base of a struct whose fields stay out of anything a person or a log may see."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, not shown>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Struct has one of its own, which would show every field."""
        return []
