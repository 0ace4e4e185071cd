"""A source bank compiled: every item as a seat would have it, still under the author's identifiers.

Check, seal and preview all start from here, so that what is previewed is what is sealed.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.content import (
    UNITS_PER_PX,
    Block,
    Field,
    Figure,
    ItemList,
    Picture,
    Place,
    Raster,
    Slot,
    spans_of,
)
from kiosk.assessment.items import (
    Graphic,
    Interaction,
    Item,
    ItemText,
    Lang,
    PositionObject,
    Size,
)
from kiosk.authoring.compile import compile_text
from kiosk.authoring.formula_sheet import compile_sheet
from kiosk.authoring.metadata import Resource
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problem, Problems
from kiosk.authoring.qti import SourceItem
from kiosk.authoring.rubrics import rubric_of
from kiosk.authoring.source_bank import SourceBank, SourceEntry
from kiosk.scoring.rubric import Rubric
from kiosk.scoring.rules import ItemRules
from kiosk.words import mark


class CompiledItem(Struct, frozen=True):
    """An item that can be sealed, in the languages it has; made of `template`, if it names one."""

    item: Item
    rules: ItemRules
    about: Resource
    template: str = ""
    variant: int = 0
    rubric: Rubric = Rubric()


class CompiledBank(Struct, frozen=True):
    """`items` that compiled, `problems` of those that did not and notes of those that did.

    `media` holds each PNG by its SHA-256; `unused` are files under media/ that no item shows.
    """

    source: SourceBank
    items: tuple[CompiledItem, ...]
    problems: tuple[Problem, ...]
    media: dict[str, bytes]
    unused: tuple[str, ...]
    sheet: Item | None = None


def compile_bank(
    bank: SourceBank, progress: Callable[[int, int], None] = lambda done, of: None
) -> CompiledBank:
    """Every item of `bank`. `progress` is told how many of how many items are done."""
    pictures = Pictures(bank.load)
    items: list[CompiledItem] = []
    problems: list[Problem] = []
    for at, entry in enumerate(bank.entries):
        compiled, found = _compiled(entry, pictures)
        problems += found
        if compiled is not None:
            items.append(compiled)
        progress(at + 1, len(bank.entries))
    sheet, found = compile_sheet(bank, pictures)
    problems += found
    used = set(pictures.used)
    for entry in bank.entries:
        if entry.template:
            # A picture may belong to other variants than those that were made.
            used.update(path for one in entry.resources.values() for path in one.files)
    return CompiledBank(
        source=bank,
        items=tuple(items),
        problems=tuple(problems),
        media=pictures.media,
        unused=tuple(path for path in bank.media_paths() if path not in used),
        sheet=sheet,
    )


def compile_item(
    sources: dict[Lang, SourceItem], pictures: Pictures, problems: Problems
) -> Item | None:
    """One item from its languages, which must have one structure; None when it is refused."""
    texts: dict[Lang, ItemText] = {}
    first = next(iter(sources.values()))
    for lang, source in sources.items():
        problems.file = source.file
        problems.item = source.id
        text = compile_text(source, pictures, problems)
        if text is None:
            continue
        texts[lang] = text
        if (source.interactions, source.rules) != (first.interactions, first.rules):
            problems.refuse(
                source.body,
                mark("{file} differs from {other} in its interactions, keys or rules"),
                file=source.file,
                other=first.file,
            )
        _check_places(source, text, problems)
    if problems.refused:
        return None
    sized = tuple(_sized(one, texts, first, problems) for one in first.interactions)
    if problems.refused:
        return None
    return Item(first.id, sized, texts)


def _sized(
    interaction: Interaction,
    texts: dict[Lang, ItemText],
    source: SourceItem,
    problems: Problems,
) -> Interaction:
    """An interaction on a picture with the size of the picture's file, where the item says none."""
    if not isinstance(interaction, Graphic) or 0 not in interaction.size:
        changed = interaction
    else:
        sizes = {size_px(text.pictures[interaction.response]) for text in texts.values()}
        if len(sizes) != 1:
            problems.refuse(
                source.body,
                mark("the pictures of the languages differ in size; give them width and height"),
            )
        changed = replace(interaction, size=sizes.pop())
    if isinstance(changed, PositionObject) and 0 in changed.object_size:
        # What is moved is drawn at its own size, so that languages may differ in it.
        content = next(iter(texts.values())).choices[changed.response][changed.object]
        moved = next((one.picture for one in content if isinstance(one, Figure)), None)
        if moved is not None:
            changed = replace(changed, object_size=size_px(moved))
    return changed


def size_px(picture: Picture) -> Size:
    """The size of a picture's file."""
    if isinstance(picture, Raster):
        return (picture.width_px, picture.height_px)
    return (round(picture.width / UNITS_PER_PX), round(picture.height / UNITS_PER_PX))


def _compiled(
    entry: SourceEntry, pictures: Pictures
) -> tuple[CompiledItem | None, tuple[Problem, ...]]:
    if not entry.sources or any(problem.refuses for problem in entry.problems):
        return None, entry.problems
    problems = Problems("", entry.id)
    item = compile_item(entry.sources, pictures, problems)
    rubric = rubric_of(entry.sources, problems) if item is not None else Rubric()
    found = (*entry.problems, *problems.all)
    if item is None or problems.refused:
        return None, found
    rules = next(iter(entry.sources.values())).rules
    return CompiledItem(item, rules, entry.about, entry.template, entry.variant, rubric), found


def _check_places(source: SourceItem, text: ItemText, problems: Problems) -> None:
    """Every interaction has its place in the text (one within a rubric that was left out has not)."""
    placed = _places(text.body)
    spans = tuple(spans_of(text.body))
    placed |= {span.response for span in spans if isinstance(span, Field | Slot)}
    for interaction in source.interactions:
        if interaction.response not in placed:
            problems.refuse(
                source.body,
                mark("the interaction of '{response}' has no place in the text"),
                response=interaction.response,
            )


def _places(blocks: tuple[Block, ...]) -> set[str]:
    """Responses of the block interactions, those in lists too."""
    found: set[str] = set()
    for block in blocks:
        if isinstance(block, Place):
            found.add(block.response)
        elif isinstance(block, ItemList):
            for entry in block.entries:
                found |= _places(entry)
    return found
