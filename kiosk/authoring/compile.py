"""An item body's markup as safe content: paragraphs, lists, tables, figures, formulae.

An element either has a place in the tables below or is a problem with its line; its text is never
dropped in silence. Feedback is left out (an exam shows none, and it would tell the key).
"""

from __future__ import annotations

import posixpath
from typing import Final

from kiosk.assessment.content import (
    Block,
    Cell,
    Drawing,
    Field,
    Figure,
    Formula,
    Image,
    ItemList,
    LineBreak,
    Paragraph,
    Picture,
    Place,
    Preformatted,
    Slot,
    Span,
    Style,
    Table,
    Text,
)
from kiosk.assessment.items import ItemText
from kiosk.authoring.drawings import drawing_of
from kiosk.authoring.flow import Flow, tidy_spans
from kiosk.authoring.formulas import MAX_FORMULAS, formula_of
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import SourceItem
from kiosk.authoring.qti.declarations import written
from kiosk.authoring.qti.dialect import attribute, child, children, name_of, of_office
from kiosk.authoring.qti.stimuli import page_of
from kiosk.readers.xml import Element, text_of
from kiosk.words import mark

MAX_ROWS: Final = 200
MAX_COLUMNS: Final = 40

_STYLES: Final[dict[str, Style]] = {
    "strong": "strong", "b": "strong", "em": "emphasis", "i": "emphasis", "u": "emphasis",
    "var": "emphasis", "cite": "emphasis", "dfn": "emphasis", "sub": "sub", "sup": "sup",
    "code": "code", "kbd": "code", "samp": "code", "tt": "code", "ins": "emphasis",
}  # fmt: skip
_CLASSES: Final[dict[str, Style]] = {
    "qti-bold": "strong",
    "qti-italic": "emphasis",
    "qti-keyword-emphasis": "strong",
    "qti-underline": "emphasis",
}
"""What QTI 3's shared classes say of text; those about place and size are the program's own affair."""
_UNSEEN: Final = {
    "qti-hidden": mark("text that its class hides is left out"),
    "qti-visually-hidden": mark("text for readers of the screen alone is left out"),
}
_INLINE: Final = frozenset(
    {"span", "a", "abbr", "acronym", "small", "big", "label", "bdi", "bdo", "time", "mark", "font",
     "data", "output", "rb", "rbc", "rp", "ruby", "ssml:emphasis", "ssml:prosody", "ssml:voice",
     "ssml:sub", "ssml:say-as", "ssml:phoneme", "ssml:s", "ssml:p"}
)  # fmt: skip
_BLOCKS: Final = frozenset(
    {"p", "div", "section", "article", "aside", "header", "footer", "main", "blockquote", "address",
     "center", "content-body", "hr", "dl", "dd", "details", "hgroup", "nav"}
)  # fmt: skip
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"})
_SPOTS: Final = frozenset({"hotspot-choice", "associable-hotspot"})
_LINES: Final = frozenset({"inline-choice", "gap-text", "hottext"})
"""Choices that stand in a line of text."""
_ANSWERS: Final = frozenset(
    {"gap", "hottext", "text-entry-interaction", "inline-choice-interaction"}
)
_PARTS_OF: Final = {
    "choice-interaction": "simple-choice",
    "order-interaction": "simple-choice",
    "associate-interaction": "simple-associable-choice",
    "match-interaction": "simple-match-set",
    "slider-interaction": "prompt",
    "extended-text-interaction": "prompt",
    "hotspot-interaction": "object, hotspot-choice",
    "graphic-order-interaction": "object, hotspot-choice",
    "graphic-associate-interaction": "object, associable-hotspot",
    "graphic-gap-match-interaction": "object, gap-img, gap-text, associable-hotspot",
    "select-point-interaction": "object",
}
"""Block interactions, and what may stand in them beside the prompt."""
_FEEDBACK: Final = frozenset({"feedback-inline", "feedback-block"})


def compile_text(source: SourceItem, pictures: Pictures, problems: Problems) -> ItemText | None:
    """The item's text in its language, or None when a problem was reported that refuses it."""
    compiler = _Compiler(posixpath.dirname(source.file), pictures, problems)
    body = compiler.blocks(source.body)
    choices = {
        response: {identifier: compiler.choice(element) for identifier, element in elements.items()}
        for response, elements in source.choices.items()
    }
    under = {
        response: picture
        for response, element in source.pictures.items()
        if (picture := compiler.picture(element)) is not None
    }
    for response, found in choices.items():
        for identifier, content in found.items():
            if not content and name_of(source.choices[response][identifier]) not in _SPOTS:
                problems.refuse(
                    source.choices[response][identifier],
                    mark("the choice '{identifier}' is empty"),
                    identifier=identifier,
                )
    return None if problems.refused else ItemText(body, choices, under)


class _Compiler:
    def __init__(self, folder: str, pictures: Pictures, problems: Problems) -> None:
        self.folder = folder
        self.pictures = pictures
        self.problems = problems
        self.formulas = 0
        self.around = ""
        """The response whose gaps or hot texts stand in the text that is walked."""

    # --- containers -------------------------------------------------------------------------------

    def blocks(self, element: Element) -> tuple[Block, ...]:
        """The content of a container that may hold blocks."""
        flow = Flow()
        self.inside(element, flow, ())
        return flow.blocks()

    def choice(self, element: Element) -> tuple[Block, ...]:
        """What a choice shows; of a spot, its words."""
        name = name_of(element)
        if name in _SPOTS:
            words = attribute(element, "hotspot-label") or attribute(element, "aria-label")
            return (Paragraph((Text(words.strip()),)),) if words.strip() else ()
        if name in _LINES:
            return self.inline_blocks(element)
        return self.blocks(element)

    def inline_blocks(self, element: Element) -> tuple[Block, ...]:
        """The content of a container that holds one line of text (an inline choice)."""
        flow = Flow()
        for span in self.spans(element):
            flow.span(span)
        return flow.blocks()

    def inside(self, element: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        flow.text(element.text, styles)
        for part in element:
            self.part(part, flow, styles)
            flow.text(part.tail, styles)

    def part(self, part: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        name = name_of(part)
        classes = attribute(part, "class").split()
        unseen = [known for known in classes if known in _UNSEEN]
        if unseen:
            self.problems.note(part, _UNSEEN[unseen[0]])
            return
        for known in classes:
            if known in _CLASSES:
                styles = _with(styles, _CLASSES[known])
        if name in _BLOCKS or name in _HEADINGS:
            flow.end_paragraph()
            self.inside(part, flow, _with(styles, "strong") if name in _HEADINGS else styles)
            flow.end_paragraph()
        elif name in ("ul", "ol"):
            flow.block(self.entries(part, ordered=name == "ol"))
        elif name == "table":
            flow.block(self.table(part))
        elif name == "pre":
            if any(name_of(one) in _ANSWERS for one in part.iter("{*}*")):
                self.problems.refuse(part, mark("nothing can be answered within <pre>"))
            flow.block(Preformatted(text_of(part).strip("\n")))
        elif name in ("img", "object"):
            self.figure(part, flow)
        elif name == "svg:svg":
            drawing = drawing_of(part, _svg_words(part), self.problems, part)
            if drawing is not None:
                flow.block(Figure(drawing))
        elif name == "info-control":
            self.problems.note(part, mark("a hint that can be asked for is left out"))
        elif name == "figure":
            self.captioned(part, flow)
        elif name == "picture":
            for one in children(part, "img"):
                self.figure(one, flow)
        elif name in ("audio", "video"):
            self.problems.refuse(
                part,
                mark("<{element}> cannot be delivered: {reason}"),
                element=written(part),
                reason=mark("a seat plays no sound and no film"),
            )
        elif name == "figcaption":
            flow.block(Paragraph(self.spans(part)))
        elif name in _PARTS_OF:
            self.only_elements(part, f"prompt, {_PARTS_OF[name]}")
            self.prompt(part, flow, styles)
            flow.block(Place(attribute(part, "response-identifier")))
        elif name in ("gap-match-interaction", "hottext-interaction"):
            self.within(part, flow, styles)
        elif name == "position-object-stage":
            self.only_elements(part, "object, positionObjectInteraction")
            flow.end_paragraph()
            for one in children(part, "position-object-interaction"):
                flow.block(Place(attribute(one, "response-identifier")))
        elif name == "rubric-block":
            self.rubric(part, flow, styles)
        elif not self.inline(part, flow, styles):
            self.unsupported(part)

    def inline(self, part: Element, flow: Flow, styles: tuple[Style, ...]) -> bool:
        """Takes `part` when it stands in a line of text; False when it does not."""
        name = name_of(part)
        if name in _STYLES:
            self.inside_line(part, flow, _with(styles, _STYLES[name]))
        elif name in _INLINE or of_office(part):
            self.inside_line(part, flow, styles)
        elif name == "q":
            flow.text("“", styles)
            self.inside_line(part, flow, styles)
            flow.text("”", styles)
        elif name in ("rt", "rtc"):
            self.reading(part, flow, styles)
        elif name == "br":
            flow.span(LineBreak())
        elif name == "wbr":
            pass  # lines break where there is room
        elif name == "ssml:break":
            pass  # a pause in speech
        elif name == "math:math":
            self.formulas += 1
            if self.formulas > MAX_FORMULAS:
                self.problems.refuse(part, mark("more than {n} formulae in a text"), n=MAX_FORMULAS)
                return True
            drawing = formula_of(part, self.problems)
            if drawing is not None:
                flow.span(Formula(drawing))
        elif name in ("text-entry-interaction", "inline-choice-interaction"):
            flow.span(Field(attribute(part, "response-identifier")))
        elif name in ("gap", "hottext") and self.around:
            flow.span(Slot(self.around, attribute(part, "identifier")))
        elif name == "end-attempt-interaction":
            self.problems.note(part, mark("a button that ends an attempt is left out"))
        elif name in _FEEDBACK:
            self.feedback(part)
        else:
            return False
        return True

    def reading(self, part: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        """How a character is read: in brackets after it, as a `rp` beside it would have them."""
        around = part.getparent()
        bare = around is not None and not children(around, "rp")
        flow.text("(" if bare else "", styles)
        self.inside_line(part, flow, styles)
        flow.text(")" if bare else "", styles)

    def inside_line(self, element: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        if attribute(element, "hidden"):
            self.unsupported(element)
        self.inside(element, flow, styles)

    def prompt(self, part: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        prompt = child(part, "prompt")
        flow.end_paragraph()
        if prompt is not None:
            self.inside(prompt, flow, styles)
            flow.end_paragraph()

    def within(self, part: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        """A text with gaps or hot texts in it; the choices for gaps stand before it."""
        self.prompt(part, flow, styles)
        self.around = attribute(part, "response-identifier")
        if name_of(part) == "gap-match-interaction":
            flow.block(Place(self.around))
        flow.text(part.text, styles)
        for one in part:
            if name_of(one) not in ("prompt", "gap-text", "gap-img"):
                self.part(one, flow, styles)
            flow.text(one.tail, styles)
        flow.end_paragraph()
        self.around = ""
        self.formulas = 0

    # --- lines only -------------------------------------------------------------------------------

    def spans(self, element: Element) -> tuple[Span, ...]:
        """The content of a container that holds lines of text: paragraphs become lines."""
        lines: list[Span] = []
        for block in self.blocks(element):
            spans = self.line(block, element)
            if lines and spans:
                lines.append(LineBreak())
            lines += spans
        return tidy_spans(lines)

    def line(self, block: Block, where: Element) -> tuple[Span, ...]:
        if isinstance(block, Figure) and not block.caption:
            if isinstance(block.picture, Drawing):
                return (Formula(block.picture),)
            return (Image(block.picture),)
        if isinstance(block, ItemList):
            return self.listed(block, where)
        if isinstance(block, Preformatted):
            return (Text(block.text, ("code",)),)
        if isinstance(block, Paragraph):
            return block.spans
        self.problems.refuse(
            where,
            mark("<{element}> may hold text, lists, formulae and pictures only"),
            element=written(where),
        )
        return ()

    def listed(self, block: ItemList, where: Element) -> tuple[Span, ...]:
        """A list within a line or a cell: an entry a line, with its sign or number."""
        lines: list[Span] = []
        for number, entry in enumerate(block.entries, block.start):
            lines += [LineBreak()] * bool(lines)
            lines.append(Text(f"{number}. " if block.ordered else "• "))
            for at, part in enumerate(entry):
                lines += [LineBreak()] * bool(at)
                lines += self.line(part, where)
        return tuple(lines)

    # --- blocks -----------------------------------------------------------------------------------

    def entries(self, element: Element, *, ordered: bool) -> ItemList:
        entries = []
        self.only_elements(element, "li")
        for part in element:
            if name_of(part) == "li":
                entries.append(self.blocks(part))
            else:
                self.unsupported(part)
        start = attribute(element, "start", "1").strip()
        if ordered and not (start.isascii() and start.isdigit() and len(start) < 6):
            self.problems.refuse(
                element, mark('{name}="{text}" is not a whole number'), name="start", text=start
            )
            start = "1"
        return ItemList(tuple(entries), ordered, int(start) if ordered else 1)

    def table(self, element: Element) -> Table:
        caption: tuple[Span, ...] = ()
        rows: list[tuple[Cell, ...]] = []
        self.only_elements(element, "tr")
        for part in element:
            match name_of(part):
                case "caption":
                    caption = self.spans(part)
                case "thead" | "tbody" | "tfoot":
                    self.only_elements(part, "tr")
                    for row in part:
                        rows += self.row(row)
                case "tr":
                    rows += self.row(part)
                case "col" | "colgroup":
                    pass  # widths: the program has its own
                case _:
                    self.unsupported(part)
        if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows):
            self.problems.refuse(
                element,
                mark("a table larger than {rows} rows or {columns} columns"),
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
            )
        return Table(tuple(rows), caption)

    def row(self, element: Element) -> list[tuple[Cell, ...]]:
        if name_of(element) != "tr":
            self.unsupported(element)
            return []
        cells = []
        self.only_elements(element, "td, th")
        for part in element:
            if name_of(part) not in ("td", "th"):
                self.unsupported(part)
                continue
            columns, rows = self.reach(part, "colspan"), self.reach(part, "rowspan")
            cells.append(Cell(self.spans(part), name_of(part) == "th", columns, rows))
        return [tuple(cells)]

    def reach(self, cell: Element, name: str) -> int:
        text = attribute(cell, name, "1").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_ROWS):
            self.problems.refuse(
                cell, mark('{name}="{text}" is not a whole number'), name=name, text=text
            )
            return 1
        return int(text)

    def figure(self, element: Element, flow: Flow, caption: tuple[Span, ...] = ()) -> None:
        picture = self.picture(element)
        if picture is not None:
            flow.block(Figure(picture, caption))

    def picture(self, element: Element) -> Picture | None:
        """The picture of an `img` or `object`, or None when a problem was reported."""
        name = attribute(element, "src") or attribute(element, "data")
        kind = attribute(element, "type")
        page = page_of(element, self.folder)
        if page is not None:
            self.pictures.lacking(page, self.problems, element)
            return None
        if name_of(element) == "object" and not kind.startswith("image/"):
            self.unsupported(element)
            return None
        words = attribute(element, "alt").strip() or " ".join(text_of(element).split())
        words = words or attribute(element, "aria-label").strip() or self.label(element)
        if not words:
            self.problems.note(
                element, mark("the picture has no words for those who cannot see it")
            )
        if name.startswith("data:"):
            return self.pictures.picture(name, words, self.problems, element)
        path = posixpath.normpath(posixpath.join(self.folder, name))
        if not name or ":" in name or name.startswith("/") or path.startswith(".."):
            self.problems.refuse(
                element, mark("the picture '{name}' is not a file of the bank"), name=name
            )
            return None
        return self.pictures.picture(path, words, self.problems, element)

    def label(self, element: Element) -> str:
        """The words that a choice gives to its picture."""
        around = element.getparent()
        return "" if around is None else attribute(around, "object-label").strip()

    def captioned(self, element: Element, flow: Flow) -> None:
        """A `figure`: its pictures, the last with the caption."""
        label = child(element, "figcaption")
        caption = self.spans(label) if label is not None else ()
        pictures = children(element, "img")
        others = [part for part in children(element) if name_of(part) not in ("img", "figcaption")]
        if others or (element.text or "").strip() or not pictures:
            self.inside(element, flow, ())
            return
        for part in pictures:
            self.figure(part, flow, caption if part is pictures[-1] else ())

    def rubric(self, element: Element, flow: Flow, styles: tuple[Style, ...]) -> None:
        if "candidate" in attribute(element, "view").split():
            flow.end_paragraph()
            self.inside(element, flow, styles)
            flow.end_paragraph()
        elif for_markers(element):
            self.problems.note(element, mark("a rubric for markers goes to the station alone"))
        else:
            self.problems.note(element, mark("a rubric that is not for candidates is left out"))

    def feedback(self, element: Element) -> None:
        if attribute(element, "show-hide", "show") == "show":
            self.problems.note(element, mark("feedback is not shown in an exam; it is left out"))
        else:
            self.problems.refuse(
                element, mark("text that is shown until it is hidden by a rule is not supported")
            )

    def only_elements(self, element: Element, parts: str) -> None:
        """Refuses text between the parts of `element`, which would be lost."""
        if any((text or "").strip() for text in (element.text, *(part.tail for part in element))):
            self.problems.refuse(
                element,
                mark("<{element}> holds text where only {parts} may stand"),
                element=written(element),
                parts=parts,
            )

    def unsupported(self, element: Element) -> None:
        self.problems.refuse(
            element, mark("<{element}> is not supported"), element=written(element)
        )


def for_markers(rubric: Element) -> bool:
    """Whether a rubric block is for those who mark, and not for candidates too."""
    views = attribute(rubric, "view").split()
    return "candidate" not in views and not {"scorer", "tutor"}.isdisjoint(views)


def _svg_words(element: Element) -> str:
    """What a drawing within the text says of itself."""
    said = [attribute(element, "aria-label")]
    said += [text_of(part) for part in element if name_of(part) in ("svg:title", "svg:desc")]
    return " ".join(" ".join(said).split())


def _with(styles: tuple[Style, ...], style: Style) -> tuple[Style, ...]:
    return styles if style in styles else (*styles, style)
