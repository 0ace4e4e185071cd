"""Template items: `a_template(...)` gives one, `a_sum()` two random numbers to add."""

from __future__ import annotations

from tests.authoring.builders import TEMPLATES, a_response, an_item

MATCH = f'<qti-response-processing template="{TEMPLATES}/match_correct"/>'
FIELD = '<qti-text-entry-interaction response-identifier="RESPONSE"/>'


def declared(
    name: str, base: str = "integer", cardinality: str = "single", value: str = "", more: str = ""
) -> str:
    default = f"<qti-default-value><qti-value>{value}</qti-value></qti-default-value>"
    return (
        f'<qti-template-declaration identifier="{name}" cardinality="{cardinality}"'
        f' base-type="{base}" {more}>{default if value else ""}</qti-template-declaration>'
    )


def a_template(
    body: str,
    rules: str = "",
    variables: str = "",
    *,
    response: str | None = None,
    processing: str = MATCH,
    identifier: str = "T1",
    lang: str = "en",
    extra: str = "",
) -> bytes:
    """A template item with a number to answer, unless `response` says otherwise."""
    data = an_item(
        body,
        identifier=identifier,
        declarations=a_response("1", base_type="float") if response is None else response,
        processing=processing,
        lang=lang,
        extra=extra,
    ).decode()
    template = f"{variables}<qti-template-processing>{rules}</qti-template-processing>"
    return data.replace("<qti-item-body>", f"{template}<qti-item-body>").encode()


def drawing(name: str, low: int, high: int) -> str:
    return (
        f'<qti-set-template-value identifier="{name}">'
        f'<qti-random-integer min="{low}" max="{high}"/></qti-set-template-value>'
    )


def constant(base: str, value: str) -> str:
    return f'<qti-base-value base-type="{base}">{value}</qti-base-value>'


def setting(name: str, expression: str, what: str = "template-value") -> str:
    return f'<qti-set-{what} identifier="{name}">{expression}</qti-set-{what}>'


def variable(name: str) -> str:
    return f'<qti-variable identifier="{name}"/>'


def a_sum(*, identifier: str = "T1", lang: str = "en", words: str = "Add") -> bytes:
    """Two random numbers to add."""
    printed = [f'<qti-printed-variable identifier="{name}"/>' for name in "AB"]
    key = f"<qti-sum>{variable('A')}{variable('B')}</qti-sum>"
    return a_template(
        f"<p>{words} {printed[0]} + {printed[1]} = {FIELD}</p>",
        drawing("A", 1, 1000)
        + drawing("B", 1, 1000)
        + setting("RESPONSE", key, "correct-response"),
        declared("A") + declared("B"),
        identifier=identifier,
        lang=lang,
    )
