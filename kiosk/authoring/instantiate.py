"""Plain items of a template item: what a seed draws is put into the item, and the template taken out.

Everything after this sees a QTI item like any other. A variant is called after its template and its
number, `T1.v3`, and comes out the same again from the same seed, in every language of the item.
"""

from __future__ import annotations

import copy
import re
import secrets
from typing import Final

from lxml import etree
from msgspec import Struct

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import outcome_declaration, response_declaration, written
from kiosk.authoring.qti.dialect import (
    MATHML,
    attribute,
    child,
    children,
    kebab,
    name_of,
    version,
)
from kiosk.authoring.qti.templates import TEMPLATE_PARTS, is_template, read_template
from kiosk.errors import InputRefused
from kiosk.readers.xml import Element, text_of
from kiosk.scoring.operator_registry import VARIABLE_ATTRIBUTES, reference
from kiosk.scoring.printing import check_format, printed, value_texts
from kiosk.scoring.template_rules import ItemTemplate
from kiosk.scoring.templates import (
    SEED_BYTES,
    Drawn,
    compile_template,
    draw,
    stands,
    variant_seed,
)
from kiosk.scoring.values import TEXTUAL, Bag, Row, Value, members
from kiosk.words import mark


class Variants(Struct, frozen=True):
    """How many plain items a template gives, numbered from 1, and the seed they are drawn from."""

    seed: bytes
    count: int = 1


TRIAL_SEED: Final = bytes(SEED_BYTES)
"""What a template is tried out with: nothing sealed is drawn from it."""

TRIAL: Final = Variants(TRIAL_SEED)
TRIED: Final = 5
"""How many variants are looked at before a template is believed."""

MAX_VARIANTS: Final = 200


class Variant(Struct, frozen=True):
    """A plain item, and the values it was made with."""

    plain: Element
    drawn: Drawn


_FEEDBACK: Final = frozenset({"modal-feedback", "feedback-inline", "feedback-block"})
_WRAPPERS: Final = {"template-inline": "span", "template-block": "div"}
_SHOWING: Final = ("template-identifier", "show-hide")
_SCRIPTS: Final = frozenset({"math:msup", "math:msubsup"})
_NOT_PRINTED: Final = ("base", "power-index", "field")
_NUMBER: Final = re.compile(r"-?[0-9.]+")
_BRACED: Final = re.compile(r"\{([A-Za-z_][\w.-]*)\}")
_PATTERN: Final = "pattern"


def new_seed() -> bytes:
    """A seed nobody can guess, for a sealing."""
    return secrets.token_bytes(SEED_BYTES)


def variant_name(item: str, variant: int) -> str:
    """The identifier of the plain item."""
    return f"{item}.v{variant}"


def plain_item(
    root: Element, problems: Problems, *, seed: bytes = TRIAL_SEED, variant: int = 1
) -> Element | None:
    """The item `root` itself, or of a template the variant; None when a problem was reported."""
    if not is_template(root):
        return root
    made = instantiate(root, seed, variant, problems)
    return None if made is None else made.plain


def instantiate(root: Element, seed: bytes, variant: int, problems: Problems) -> Variant | None:
    """Variant number `variant` of the template item `root`; None when a problem was reported.

    `root` stays as it is.
    """
    item = attribute(root, "identifier")
    problems.item = variant_name(item, variant)
    found = _drawn(root, variant_seed(seed, item, variant), problems)
    if found is None:
        return None
    plain = copy.deepcopy(root)
    plain.set("identifier", variant_name(item, variant))
    _Maker(plain, *found, problems).make()
    return None if problems.refused else Variant(plain, found[1])


def _drawn(root: Element, seed: bytes, problems: Problems) -> tuple[ItemTemplate, Drawn] | None:
    template = read_template(root, problems)
    responses = [response_declaration(one, problems) for one in _declarations(root, "response")]
    outcomes = [outcome_declaration(one, problems) for one in _declarations(root, "outcome")]
    if problems.refused:
        return None
    try:
        compile_template(
            template,
            tuple(one for one in responses if one is not None),
            tuple(one for one in outcomes if one is not None),
        )
        return template, draw(template, seed)
    except InputRefused as fault:
        where = child(root, "template-processing")
        problems.refuse(
            root if where is None else where,
            mark("the template cannot be used: {reason}"),
            reason=f"{fault.where}: {fault.summary}" if fault.where else fault.summary,
        )
        return None


def _declarations(root: Element, of: str) -> list[Element]:
    return children(root, f"{of}-declaration")


class _Maker:
    """Changes one copy of the template item into the plain item."""

    def __init__(
        self, root: Element, template: ItemTemplate, drawn: Drawn, problems: Problems
    ) -> None:
        self.root = root
        self.template = template
        self.values = drawn.values
        self.drawn = drawn
        self.problems = problems
        self.in_formulas = {known.id for known in template.declarations if known.in_formulas}
        self.in_parameters = {known.id for known in template.declarations if known.in_parameters}

    def make(self) -> None:
        for part in children(self.root, *TEMPLATE_PARTS):
            _drop(part)
        self.show()
        for element in list(self.root.iter("{*}*")):
            name = name_of(element)
            if name == "printed-variable":
                self.print(element)
            elif name == "math:math":
                self.formula(element)
            elif name == "param" and attribute(element, "value") in self.in_parameters:
                element.set("value", self.text(attribute(element, "value"), element))
        processing = child(self.root, "response-processing")
        if processing is not None:
            self.constants(processing)
        self.declare()

    # --- what is shown ----------------------------------------------------------------------------

    def show(self) -> None:
        """Takes out what does not belong to the variant; blocks and lines of a template that do
        become plain ones."""
        for element in list(self.root.iter("{*}*")):
            variable = attribute(element, "template-identifier")
            name = name_of(element)
            if not variable:
                if name in _WRAPPERS:
                    self.unknown(element, variable)
                continue
            if variable not in self.values:
                self.unknown(element, variable)
                continue
            belongs = stands(self.values, variable, attribute(element, "identifier"))
            if belongs != (attribute(element, "show-hide", "show") == "show"):
                self.hide(element)
            elif name in _WRAPPERS:
                element.tag = f"{{{_namespace(element)}}}{_WRAPPERS[name]}"
                _strip(element, *_SHOWING, "identifier")
            else:
                _strip(element, *_SHOWING)

    def hide(self, element: Element) -> None:
        """Takes `element` out; a choice also out of what its response maps."""
        identifier = attribute(element, "identifier")
        responses = {
            attribute(one, "response-identifier")
            for one in element.iterancestors("{*}*")
            if attribute(one, "response-identifier")
        }
        _drop(element)
        for declaration in _declarations(self.root, "response"):
            if (
                name_of(element) in _WRAPPERS
                or attribute(declaration, "identifier") not in responses
            ):
                continue
            for entry in list(declaration.iter("{*}*")):
                if name_of(entry) == "map-entry" and identifier in (
                    attribute(entry, "map-key").split()
                ):
                    _drop(entry)

    def print(self, element: Element) -> None:
        """Puts the text of a printed variable in its place."""
        name = attribute(element, "identifier")
        if name not in self.values:
            if not _in_feedback(element):
                self.unknown(element, name)
            return
        for said in _NOT_PRINTED:
            if attribute(element, said) not in ("", "false", "10"):
                self.problems.refuse(
                    element,
                    mark('<{element}> with {attribute}="{value}" is not supported'),
                    element=written(element),
                    attribute=said,
                    value=attribute(element, said),
                )
        _drop(element, self.text(name, element))

    def text(self, name: str, element: Element) -> str:
        """The value of a variable as `element` prints it."""
        value = self.values[name]
        known = self.template.declaration(name)
        index = attribute(element, "index")
        if index:
            value = self.member(value, index)
        if value is None and known is not None and known.base_type not in TEXTUAL:
            self.problems.refuse(
                element, mark("'{variable}' has no value where it is printed"), variable=name
            )
        form = attribute(element, "format")
        try:
            check_format(form)
            return printed(value, form, attribute(element, "delimiter", ";"))
        except InputRefused as fault:
            self.problems.refuse(
                element,
                mark("'{variable}' cannot be printed: {reason}"),
                variable=name,
                reason=fault.summary,
            )
            return ""

    def member(self, value: Value, index: str) -> Value:
        """The member of a container that the attribute `index` counts to."""
        named, found = reference(index), members(value)
        text = index.strip() if named is None else "".join(value_texts(self.values.get(named)))
        if not text.isdecimal() or not 1 <= int(text) <= len(found):
            return None
        return found[int(text) - 1]

    def unknown(self, element: Element, name: str) -> None:
        self.problems.refuse(
            element,
            mark("<{element}> names '{variable}', which is no template variable"),
            element=written(element),
            variable=name,
        )

    # --- formulae ---------------------------------------------------------------------------------

    def formula(self, formula: Element) -> None:
        """Puts numbers in place of the variables of a formula, and into its words."""
        found = set()
        for part in list(formula.iter(f"{{{MATHML}}}mi")):
            name = text_of(part).strip()
            if name in self.in_formulas:
                found.add(name)
                self.put_number(part, self.text(name, part))
        words = attribute(formula, "alttext")
        if not found or not words:
            return
        said = _BRACED.sub(
            lambda named: (
                self.text(named[1], formula) if named[1] in self.in_formulas else named[0]
            ),
            words,
        )
        if said != words:
            formula.set("alttext", said)
        else:
            # Words that name the variable would be read out instead of its value.
            del formula.attrib["alttext"]

    def put_number(self, part: Element, text: str) -> None:
        parent = part.getparent()
        if not _NUMBER.fullmatch(text):
            part.text = text
            return
        number = etree.Element(f"{{{MATHML}}}mn")
        number.text = text.removeprefix("-")
        made = number
        if text.startswith("-"):
            made = etree.Element(f"{{{MATHML}}}mrow")
            sign = etree.SubElement(made, f"{{{MATHML}}}mo")
            sign.text = "−"
            made.append(number)
            if parent is not None and name_of(parent) in _SCRIPTS and parent[0] is part:
                made = _in_brackets(made)
        made.tail = part.tail
        if parent is not None:
            parent.replace(part, made)

    # --- the scoring side -------------------------------------------------------------------------

    def constants(self, processing: Element) -> None:
        """Puts constants in place of the template's variables in the rules."""
        for element in list(processing.iter("{*}*")):
            named = attribute(element, "identifier")
            if name_of(element) == "variable" and named in self.values:
                self.put_constant(element, named)
                continue
            for key, text in list(element.attrib.items()):
                if kebab(str(key)) in VARIABLE_ATTRIBUTES:
                    element.set(
                        key, " ".join(self.referred(part, element) for part in str(text).split())
                    )
                elif kebab(str(key)) == _PATTERN and _BRACED.fullmatch(str(text)):
                    element.set(key, self.referred(str(text), element))

    def referred(self, text: str, element: Element) -> str:
        """`text`, or the value of the template variable it names."""
        named = reference(text)
        if named not in self.values:
            return text
        found = value_texts(self.values[named])
        if len(found) != 1:
            self.problems.refuse(
                element, mark("'{variable}' has no value where a rule needs one"), variable=named
            )
            return text
        return found[0]

    def put_constant(self, element: Element, name: str) -> None:
        known = self.template.declaration(name)
        value = self.values[name]
        base = known.base_type if known is not None else ""
        try:
            texts = value_texts(value)
        except InputRefused as fault:
            self.problems.refuse(
                element,
                mark("'{variable}' cannot be printed: {reason}"),
                variable=name,
                reason=fault.summary,
            )
            return
        made = [self.made("base-value", text) for text in texts]
        for one in made:
            one.set(self.attribute_name("base-type"), base)
        match value:
            case None:
                new = self.made("null")
            case Bag() | Row():
                new = self.made("multiple" if isinstance(value, Bag) else "ordered")
                new.extend(made)
            case _:
                new = made[0]
        new.tail = element.tail
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, new)

    def declare(self) -> None:
        """Writes the correct responses and defaults that were set."""
        for declaration in children(self.root, "response-declaration", "outcome-declaration"):
            identifier = attribute(declaration, "identifier")
            for name, known in (
                ("correct-response", self.drawn.correct),
                ("default-value", self.drawn.defaults),
            ):
                if identifier in known and not (
                    name == "correct-response" and name_of(declaration) == "outcome-declaration"
                ):
                    self.write_values(declaration, name, known[identifier])

    def write_values(self, declaration: Element, name: str, value: Value) -> None:
        for old in children(declaration, name):
            declaration.remove(old)
        try:
            texts = value_texts(value)
        except InputRefused as fault:
            self.problems.refuse(
                declaration,
                mark("'{variable}' cannot be printed: {reason}"),
                variable=attribute(declaration, "identifier"),
                reason=fault.summary,
            )
            return
        if not texts:
            return
        made = self.made(name)
        made.extend([self.made("value", text) for text in texts])
        # The schema's order: default value, correct response, mapping.
        first = 1 if name == "correct-response" and children(declaration, "default-value") else 0
        declaration.insert(first, made)

    def made(self, name: str, text: str | None = None) -> Element:
        """An element of the item's own version of QTI."""
        prefix = "qti-" if version(self.root) == "3.0" else ""
        local = f"{prefix}{name}" if prefix else _camel(name)
        element = etree.Element(f"{{{_namespace(self.root)}}}{local}")
        element.text = text
        return element

    def attribute_name(self, name: str) -> str:
        return name if version(self.root) == "3.0" else _camel(name)


def _in_brackets(inside: Element) -> Element:
    made = etree.Element(f"{{{MATHML}}}mrow")
    for text in "()":
        bracket = etree.SubElement(made, f"{{{MATHML}}}mo")
        bracket.text = text
    made.insert(1, inside)
    return made


def _in_feedback(element: Element) -> bool:
    """Feedback may print outcomes; it is left out of what is sealed."""
    return any(name_of(one) in _FEEDBACK for one in element.iterancestors("{*}*"))


def _drop(element: Element, instead: str = "") -> None:
    """Takes `element` out, leaving the text after it and `instead`."""
    parent = element.getparent()
    if parent is None:
        return
    left = instead + (element.tail or "")
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + left
    else:
        parent.text = (parent.text or "") + left
    parent.remove(element)


def _strip(element: Element, *names: str) -> None:
    for key in list(element.attrib):
        if kebab(str(key)) in names:
            del element.attrib[key]


def _namespace(element: Element) -> str:
    return etree.QName(element).namespace or ""


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)
