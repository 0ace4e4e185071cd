"""The operators of QTI 3 rule expressions: how each is checked, and what it computes.

An operator is one entry with its arity, the type it gives for its children's types, and its value for
its children's values. A later one is a new entry and changes nothing here. NULL follows QTI 3: most
operators give NULL when an operand is NULL; `and`, `or`, `any-n` know three values.
"""

from kiosk.scoring.operator_registry import OPERATORS
from kiosk.scoring.operators import (
    arithmetic,
    comparing,
    containers,
    functions,
    logic,
    text,
    variables,
)

__all__ = [
    "OPERATORS",
    "arithmetic",
    "comparing",
    "containers",
    "functions",
    "logic",
    "text",
    "variables",
]
