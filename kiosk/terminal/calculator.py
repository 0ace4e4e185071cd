"""What the calculator makes of an expression. No Qt, no state, and nothing but arithmetic.

`simpleeval` reads the expression as a tree and walks it; the evaluator below is left with numbers,
signs and the functions of a pocket calculator, so that what a candidate types can name nothing else.
Every operation is one on floats, and an expression is short: no power and no product takes long.
"""

from __future__ import annotations

import ast
import math
import operator
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from kiosk.errors import InputRefused
from kiosk.words import mark

if TYPE_CHECKING:
    from simpleeval import SimpleEval

MAX_LENGTH: Final = 80
"""Characters of an expression."""
DIGITS: Final = 12
"""Significant digits of a result as it is shown; the rest is the noise of floats."""

_SIGNS: Final = str.maketrans({"×": "*", "÷": "/", "−": "-", "·": "*", "π": " pi ", "^": "**"})
_NODES: Final = (ast.Expr, ast.UnaryOp, ast.BinOp, ast.Name, ast.Call, ast.Constant)
_NUMBER: Final = r"\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
_TOKENS: Final = re.compile(rf"\s*({_NUMBER}|[a-zA-Z]+|√|\*\*|[-+*/()])\s*")


def calculate(expression: str, last: float = 0.0) -> float:
    """The value of `expression`. Angles are in degrees; `Ans` stands for `last`.

    Signs are those of the keys (`×`, `÷`, `−`, `^`, `√`, `π`) or of a keyboard, in full width too; a
    product may go without its sign: `2π`, `3(4+1)`.

    Raises:
        InputRefused: it is not an expression, or has no value.
    """
    if len(expression) > MAX_LENGTH:
        raise InputRefused(mark("this is too long to calculate"))
    tree = _tree(_spelled_out(expression))
    evaluator = _evaluator()
    evaluator.names = {"pi": math.pi, "Ans": last}
    from simpleeval import InvalidExpression

    try:
        value = float(evaluator.eval(expression, tree))
    except (ArithmeticError, ValueError) as fault:
        raise InputRefused(mark("this has no value")) from fault
    except (InvalidExpression, TypeError, RecursionError) as fault:
        raise InputRefused(mark("this cannot be calculated; look at the signs again")) from fault
    if not math.isfinite(value):
        raise InputRefused(mark("this has no value"))
    return value


def written(value: float) -> str:
    """A result as the calculator shows it: `0.3`, `−2.5`, `1.5×10^15`."""
    shown = format(value, f".{DIGITS}g").replace("-", "−")
    mantissa, _, exponent = shown.partition("e")
    if exponent:
        sign = "−" if exponent[0] == "−" else ""
        shown = f"{mantissa}×10^{sign}{exponent[1:].lstrip('0')}"
    return "0" if shown == "−0" else shown


def _spelled_out(expression: str) -> str:
    """The expression in the signs of the parser, with the signs of products that were left out.

    Raises:
        InputRefused: a sign that means nothing here.
    """
    text = unicodedata.normalize("NFKC", expression.translate(_SIGNS)).translate(_SIGNS)
    told: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise InputRefused(mark("this cannot be calculated; look at the signs again"))
        token = "sqrt" if found[1] == "√" else found[1]
        if told and _ends_a_value(told[-1]) and _begins_a_value(token, told[-1]):
            told.append("*")
        told.append(token)
        at = found.end()
    return " ".join(_with_brackets(told))


def _ends_a_value(token: str) -> bool:
    return token == ")" or token[0].isdigit() or token[0] == "." or token in ("pi", "Ans")


def _begins_a_value(token: str, before: str) -> bool:
    number = token[0].isdigit() or token[0] == "."
    after_number = before[0].isdigit() or before[0] == "."
    return token[0] == "(" or token[0].isalpha() or (number and not after_number)


def _with_brackets(tokens: list[str]) -> list[str]:
    """`√9` is the root of what follows it, without brackets too."""
    told: list[str] = []
    for token in tokens:
        if told and told[-1] == "sqrt" and token != "(":
            told += ["(", token, ")"]
        else:
            told.append(token)
    return told


def _tree(spelled: str) -> ast.stmt:
    from simpleeval import InvalidExpression

    try:
        tree: ast.stmt = _evaluator().parse(spelled)
        return tree
    except (SyntaxError, ValueError, MemoryError, RecursionError, InvalidExpression) as fault:
        raise InputRefused(mark("this cannot be calculated; look at the signs again")) from fault


def _degrees(function: Callable[[float], float]) -> Callable[[float], float]:
    # Without rounding the sine of 180 degrees would be 1.2e-16.
    return lambda angle: round(function(math.radians(math.fmod(angle, 360))), 15)


def _tangent(angle: float) -> float:
    if round(math.cos(math.radians(math.fmod(angle, 360))), 15) == 0:
        raise ValueError(angle)
    return _degrees(math.tan)(angle)


_FUNCTIONS: Final[dict[str, Callable[[float], float]]] = {
    "sqrt": math.sqrt,
    "sin": _degrees(math.sin),
    "cos": _degrees(math.cos),
    "tan": _tangent,
    "asin": lambda value: math.degrees(math.asin(value)),
    "acos": lambda value: math.degrees(math.acos(value)),
    "atan": lambda value: math.degrees(math.atan(value)),
    "ln": math.log,
    "lg": math.log10,
    "exp": math.exp,
    "abs": math.fabs,
}
_OPERATORS: Final = {
    ast.Add: lambda one, other: float(one) + float(other),
    ast.Sub: lambda one, other: float(one) - float(other),
    ast.Mult: lambda one, other: float(one) * float(other),
    ast.Div: lambda one, other: float(one) / float(other),
    ast.Pow: math.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@cache
def _evaluator() -> SimpleEval:
    # Loaded when somebody calculates: the exam starts without it.
    from simpleeval import SimpleEval

    made = SimpleEval(operators=_OPERATORS, functions=_FUNCTIONS, names={})
    made.nodes = {node: made.nodes[node] for node in _NODES}
    return made
