"""One QTI item file as a source item: what is asked (still as elements) and how it is scored.

Reading goes on after a problem, so that the author sees all of an item's problems at once; an item
with a problem that refuses it is never used. `read_rules` reads the scoring side alone, for trying out
an item whose interactions this program cannot show.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from kiosk.assessment.items import Interaction
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import outcome_declaration, response_declaration, written
from kiosk.authoring.qti.dialect import (
    READ,
    XML_LANG,
    attribute,
    child,
    children,
    is_true,
    kebab,
    name_of,
    version,
)
from kiosk.authoring.qti.interactions import LEFT_OUT, UNDELIVERABLE, read_interaction
from kiosk.authoring.qti.processing import cartridge_rules, rules_of, template_of
from kiosk.authoring.qti.stimuli import REFERENCE
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.rules import SCORE, ItemRules, OutcomeDeclaration, ResponseDeclaration
from kiosk.words import mark

MAX_INTERACTIONS: Final = 100

# Parts of an item with nothing for an exam in them, each noted when left out.
_LEFT_OUT: Final = {
    "modal-feedback": mark("feedback is not shown in an exam; it is left out"),
    "stylesheet": mark("a style sheet is left out: the program has its own type and colours"),
    "companion-materials-info": mark("what else a candidate may use is said by the exam, not here"),
    "catalog-info": mark("the catalogue of alternative content is left out"),
    "foreign:apipAccessibility": mark("the catalogue of alternative content is left out"),
}
_PARTS: Final = frozenset(
    {"response-declaration", "outcome-declaration", "item-body", "response-processing", REFERENCE}
)


class SourceItem(Struct, frozen=True):
    """An item in one language, with the author's own identifiers.

    `choices` holds the element of each choice by response and identifier, `pictures` that of the
    picture under an interaction; `body` is the item body.
    """

    id: str
    title: str
    lang: str
    file: str
    body: Element
    interactions: tuple[Interaction, ...]
    choices: dict[str, dict[str, Element]]
    rules: ItemRules
    pictures: dict[str, Element] = {}


def read_item(root: Element, problems: Problems, lang: str = "en") -> SourceItem | None:
    """The item in a parsed file, or None when it is refused; `problems` says why.

    Args:
        lang: the language when the item names none.
    """
    if not _is_item(root, problems):
        return None
    rules = read_rules(root, problems)
    for reference in children(root, REFERENCE):  # the text is not put in: nothing to ask about
        problems.refuse(reference, mark("<{element}> is not supported"), element=written(reference))
    body = child(root, "item-body")
    if body is None:
        problems.refuse(root, mark("the item has no body"))
        return None
    elements = [
        one
        for one in body.iter("{*}*")
        if name_of(one).endswith("-interaction") and name_of(one) not in LEFT_OUT
    ]
    if rules is None:
        for one in elements:
            if name_of(one) in UNDELIVERABLE:
                read_interaction(one, {}, problems)  # says why
        return None
    declared = {response.id: response for response in rules.responses}
    if not elements:
        problems.refuse(body, mark("there is nothing to answer in the item"))
    if len(elements) > MAX_INTERACTIONS:
        problems.refuse(body, mark("more than {n} fields in a question"), n=MAX_INTERACTIONS)
        return None
    read = [
        found
        for element in elements
        if (found := read_interaction(element, declared, problems)) is not None
    ]
    bound = Counter(found.interaction.response for found in read)
    for response in sorted(name for name, times in bound.items() if times > 1):
        problems.refuse(
            body, mark("the response '{response}' is bound to two interactions"), response=response
        )
    for response in sorted(declared.keys() - set(bound)):
        problems.note(
            body, mark("no interaction gives the response '{response}'"), response=response
        )
    if problems.refused:
        return None
    return SourceItem(
        id=rules.item,
        title=attribute(root, "title"),
        lang=root.get(XML_LANG) or lang,
        file=problems.file,
        body=body,
        interactions=tuple(found.interaction for found in read),
        choices={found.interaction.response: found.choices for found in read if found.choices},
        rules=rules,
        pictures={
            found.interaction.response: found.picture for found in read if found.picture is not None
        },
    )


_BUILT_IN: Final = {
    "completionStatus": OutcomeDeclaration(
        "completionStatus", "single", "identifier", ("not_attempted",)
    ),
    # In an exam there is one attempt.
    "numAttempts": OutcomeDeclaration("numAttempts", "single", "integer", ("1",)),
}
"""Variables every item has without declaring them (QTI 3 information model, 2.11), by name."""


def read_rules(root: Element, problems: Problems) -> ItemRules | None:
    """The scoring side of the item in a parsed file, checked; None when it is refused."""
    if not _is_item(root, problems):
        return None
    problems.item = attribute(root, "identifier")
    _check_parts(root, problems)
    responses = tuple(
        found
        for element in children(root, "response-declaration")
        if (found := response_declaration(element, problems)) is not None
    )
    outcomes = tuple(
        outcome
        for element in children(root, "outcome-declaration")
        if (outcome := outcome_declaration(element, problems)) is not None
    )
    rules = _with_processing(root, responses, outcomes, problems)
    if problems.refused:
        return None
    try:
        compile_rules(rules)
    except InputRefused as fault:
        where = child(root, "response-processing")
        problems.refuse(
            root if where is None else where,
            mark("cannot be scored: {reason}"),
            reason=f"{fault.where}: {fault.summary}" if fault.where else fault.summary,
        )
        return None
    return rules


def _is_item(root: Element, problems: Problems) -> bool:
    if kebab(written(root).removeprefix("qti-")) != "assessment-item":
        problems.refuse(root, mark("not an item but <{element}>"), element=written(root))
        return False
    if version(root) not in READ:
        problems.refuse(
            root,
            mark("no version of QTI that is read (2.0 to 3.0): {namespace}"),
            namespace=root.nsmap.get(root.prefix) or "-",
        )
        return False
    if not attribute(root, "identifier"):
        problems.refuse(root, mark("the item has no identifier"))
        return False
    return True


def _check_parts(root: Element, problems: Problems) -> None:
    if is_true(attribute(root, "adaptive")):
        problems.refuse(root, mark("adaptive items (several attempts) are not supported"))
    for part in children(root):
        name = name_of(part)
        if name in _LEFT_OUT:
            problems.note(part, _LEFT_OUT[name])
        elif name not in _PARTS:
            problems.refuse(part, mark("<{element}> is not supported"), element=written(part))


def _built_in(
    processing: Element, outcomes: tuple[OutcomeDeclaration, ...]
) -> list[OutcomeDeclaration]:
    """The built-in variables that the rules use."""
    used = {attribute(one, "identifier") for one in processing.iter("{*}*")}
    known = {outcome.id for outcome in outcomes}
    return [one for name, one in _BUILT_IN.items() if name in used and name not in known]


def _with_processing(
    root: Element,
    responses: tuple[ResponseDeclaration, ...],
    outcomes: tuple[OutcomeDeclaration, ...],
    problems: Problems,
) -> ItemRules:
    """Rules inside the item win over a template it also names (QTI 3 2.11.2.1)."""
    item = attribute(root, "identifier")
    if not any(outcome.id == SCORE for outcome in outcomes):
        # Templates set SCORE whether the item declares it or not.
        outcomes = (*outcomes, OutcomeDeclaration(SCORE, "single", "float", ("0",)))
    element = child(root, "response-processing")
    if element is not None and len(element):
        outcomes = (*outcomes, *_built_in(element, outcomes))
        processing = rules_of(children(element), problems)
        return ItemRules(item, responses, outcomes, processing=processing)
    cartridge = cartridge_rules(element) if element is not None else None
    if cartridge is not None:
        return ItemRules(item, responses, outcomes, processing=cartridge)
    template = template_of(element, problems) if element is not None else None
    if template is None and len(responses) == 1 and responses[0].correct:
        problems.note(root, mark("no response processing: the correct response earns the point"))
        template = "match_correct"
    return ItemRules(item, responses, outcomes, template=template)
