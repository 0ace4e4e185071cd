"""A whole question: its text with fields in it, its choices, and how typed numbers were read.

`ItemView` shows values and says what was answered; it decides nothing. `render_png` photographs an
item for those who write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QBuffer, QIODevice, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget

from kiosk.assessment.content import Block, Field, Place, Slot, plain_text, spans_of
from kiosk.assessment.highlights import Passages
from kiosk.assessment.items import (
    InlineChoice,
    Interaction,
    Item,
    ItemText,
    TextEntry,
    sets,
)
from kiosk.assessment.responses import Response
from kiosk.ui.choice_group import ChoiceGroup
from kiosk.ui.content_view import ContentView
from kiosk.ui.controls import RING, Words
from kiosk.ui.document import Media, place_of
from kiosk.ui.fields import ListField, TextField, how_read
from kiosk.ui.highlighter import Highlighter, Page
from kiosk.ui.part import Asked, Part
from kiosk.ui.parts import has_part, part_of
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import QUESTION_WIDTH, Gap, Theme, Type
from kiosk.words import LANGUAGES, text

NO_STRIKES: Mapping[str, Response] = MappingProxyType({})


class ItemView(QWidget):
    """Shows one question after another with the same widgets."""

    answered = Signal(str, str, tuple, bool)
    """Item, response, value, settled."""
    struck = Signal(str, str, str, bool)
    """Item, response, choice, and whether it is to be struck out or taken back."""
    highlighted = Signal(str, tuple, bool)
    """Item, passages, and whether they are to be highlighted or taken back."""

    def __init__(self, parent: QWidget | None = None, *, media: Media | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._media = media
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Gap.MEDIUM)
        self._column.addStretch(1)
        self._texts: list[ContentView] = []
        self._entries: list[TextField] = []
        self._lists: list[ListField] = []
        self._notes: list[Words] = []
        self._pool: dict[type[Part], list[Part]] = {}
        self._used: dict[str, Part] = {}
        self._parts: list[QWidget] = []
        self._item: Item | None = None
        self._orders: Mapping[str, tuple[str, ...]] = {}
        self._responses: dict[str, Response] = {}
        self._look = Look()
        self._struck: Mapping[str, Response] = {}
        self.highlighter = Highlighter(self)
        self.highlighter.asked.connect(self._highlight)

    # --- showing ----------------------------------------------------------------------------------

    def show_item(
        self,
        item: Item,
        orders: Mapping[str, tuple[str, ...]],
        responses: Mapping[str, Response],
        look: Look,
        struck: Mapping[str, Response] = NO_STRIKES,
        highlights: Passages = (),
    ) -> None:
        """Show `item` with the choices in `orders`, what is answered in `responses`, the choices
        `struck` out by response, and the passages highlighted."""
        changed = item != self._item
        if changed:
            self.settle()
        self._item, self._orders, self._look, self._struck = item, orders, look, struck
        self._responses = dict(responses)
        words = item.texts.get(look.lang) or next(iter(item.texts.values()))
        parts = self._show_body(item, words)
        parts += self._show_notes(item, words)
        if parts != self._parts:
            self._arrange(parts)
        self.highlighter.show_passages(item, self._pages(), highlights, look)

    def _pages(self) -> list[Page]:
        """The texts one can highlight in, in reading order."""
        pages = []
        for part in self._parts:
            if isinstance(part, ContentView):
                pages.append(Page(part))
            elif isinstance(part, ChoiceGroup):
                pages += [Page(card, part.response, name) for name, card in part.named_cards()]
        return pages

    def settle(self) -> None:
        """Send what is still being typed."""
        for entry in self._entries:
            entry.settle()
        for part in self._used.values():
            part.settle()

    def first_field(self) -> QWidget | None:
        """The first field to type in or to choose at, which takes the keyboard when a question
        opens."""
        fields = [*self._entries, *self._lists]
        fields += filter(None, (part.first_field() for part in self._used.values()))
        return next((field for field in fields if field.isVisibleTo(self)), None)

    def groups(self) -> list[ChoiceGroup]:
        """The groups of choices that are shown."""
        return [part for part in self._used.values() if isinstance(part, ChoiceGroup)]

    def tab_stops(self) -> list[QWidget]:
        """Fields and choices, in reading order."""
        stops: list[QWidget] = []
        for part in self._parts:
            if isinstance(part, ContentView):
                stops += part.fields()
            elif isinstance(part, Part):
                stops += part.tab_stops()
        return stops

    def first_stop(self) -> QWidget | None:
        """Where one begins who hears the question."""
        for part in self._parts:
            stops = part.fields() if isinstance(part, ContentView) else []
            stops = part.begins_at() if isinstance(part, Part) else stops
            if stop := next((one for one in stops if one.isEnabled()), None):
                return stop
        return None

    def spoken(self) -> list[str]:
        """The words of the question, without its choices."""
        said: list[str] = []
        for part in self._parts:
            if isinstance(part, ContentView):
                said.append(part.accessibleName())
            elif isinstance(part, Part):
                said += part.spoken()
        return said

    def states(self) -> dict[str, str]:
        """Each choice and field as it stands now, by its place in this question."""
        if self._item is None:
            return {}
        return {
            f"{self._item.id} {self._look.lang} {at}": self._state(stop)
            for at, stop in enumerate(self.tab_stops())
        }

    def _state(self, stop: QWidget) -> str:
        name = stop.accessibleName()
        if isinstance(stop, QAbstractButton) and stop.isCheckable() and not stop.isChecked():
            return f"{name}, {text('not chosen', self._look.lang)}"
        return name

    def option_count(self) -> int:
        """How many choices letters reach."""
        part = self._key_part()
        return part.option_count() if part is not None else 0

    def take_key(self, event: QKeyEvent) -> bool:
        """Use a key that chooses or strikes out; False when it means nothing here."""
        part = self._key_part()
        if part is None or event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            return False
        return part.take_key(event)

    def _key_part(self) -> Part | None:
        """The part whose choices letters name: the one with the focus, or the first that has any."""
        keyed = [part for part in self._used.values() if part.option_count()]
        return next((part for part in keyed if part.has_keyboard()), keyed[0] if keyed else None)

    # --- parts ------------------------------------------------------------------------------------

    def _show_body(self, item: Item, words: ItemText) -> list[QWidget]:
        runs = _split(_with_all_places(item, words.body))
        self._show_parts(item, words, [run.response for run in runs if isinstance(run, Place)])
        shown: list[QWidget] = []
        texts = entries = lists = 0
        blank = first = 0
        for run in runs:
            if isinstance(run, Place):
                first += 1
                if run.response in self._used:
                    shown.append(self._used[run.response])
                continue
            view = self._text(texts)
            texts += 1
            fields: dict[str, QWidget] = {}
            heard: list[str] = []
            for span in spans_of(run):
                if isinstance(span, Slot):
                    part = self._used.get(span.response)
                    slot = part.slots().get(span.choice) if part is not None else None
                    if slot is not None:
                        slot.setParent(view)
                        fields[place_of(span)] = slot
                        said = words.choices.get(span.response, {}).get(span.choice, ())
                        heard.append(plain_text(said) or slot.accessibleName().partition(",")[0])
                if not isinstance(span, Field):
                    continue
                blank += 1
                name = text("Blank {number}", self._look.lang, number=blank)
                heard.append(name)
                interaction = item.interaction(span.response)
                value = self._responses.get(span.response, ())
                if isinstance(interaction, TextEntry):
                    entry = self._entry(entries)
                    entries += 1
                    entry.setParent(view)
                    entry.show_entry(item.id, interaction, value, self._look, name)
                    fields[span.response] = entry
                elif isinstance(interaction, InlineChoice):
                    chooser = self._list(lists)
                    lists += 1
                    chooser.setParent(view)
                    chooser.show_list(
                        interaction,
                        self._orders.get(span.response) or interaction.choices,
                        words.choices.get(span.response, {}),
                        value,
                        self._look,
                        name,
                        self._media,
                    )
                    fields[span.response] = chooser
            view.show_content(
                run, self._look, fields=fields, media=self._media, first=first, heard=heard
            )
            first += len(run)
            shown.append(view)
        for unused in [*self._entries[entries:], *self._lists[lists:]]:
            unused.setParent(self)
            unused.hide()
        return shown

    def _show_parts(self, item: Item, words: ItemText, placed: list[str]) -> None:
        """Fill a part for each interaction of `placed`, before the text that their slots stand in."""
        used: dict[str, Part] = {}
        taken: dict[type[Part], int] = {}
        for response in placed:
            interaction = item.interaction(response)
            if not has_part(type(interaction)) or response in used:
                continue
            made = part_of(type(interaction))
            part = self._part(made, taken.get(made, 0))
            taken[made] = taken.get(made, 0) + 1
            part.show_interaction(
                Asked(
                    item.id,
                    interaction,
                    self._orders.get(response) or _as_written(interaction),
                    words.choices.get(response, {}),
                    self._look,
                    self._responses.get(response, ()),
                    words.pictures.get(response),
                    self._media,
                    frozenset(self._struck.get(response, ())),
                )
            )
            used[response] = part
        for part in self._used.values():
            if part not in used.values():
                part.rest()
        self._used = used

    def _show_notes(self, item: Item, words: ItemText) -> list[QWidget]:
        """A line for each blank that is typed: its form, or how it was read."""
        entries = [
            (number, interaction)
            for number, interaction in enumerate(_fields_in_order(item, words), start=1)
            if isinstance(interaction, TextEntry)
        ]
        while len(self._notes) < len(entries):
            self._notes.append(Words(self))
            self._notes[-1].setIndent(RING)
        for note, (number, entry) in zip(self._notes, entries, strict=False):
            line, fits = how_read(entry, self._responses.get(entry.response, ()), self._look.lang)
            if len(entries) > 1:
                line = text("Blank {number}", self._look.lang, number=number) + " · " + line
            note.say(line, self._look, Type.NOTE, "quiet" if fits else "warn", strong=not fits)
        for field, note in zip(self._entries, self._notes, strict=False):
            field.setAccessibleDescription(note.text())
        return list(self._notes[: len(entries)])

    def _arrange(self, parts: list[QWidget]) -> None:
        # Not takeAt: an item kept alive by Python would go on caching the widget's height.
        for part in self._parts:
            self._column.removeWidget(part)
        for part in self._parts:
            if part not in parts:
                part.hide()
        for at, part in enumerate(parts):
            self._column.insertWidget(at, part)
            part.show()
            part.raise_()  # for a reader what was raised last comes last
        self._parts = parts

    def _text(self, at: int) -> ContentView:
        if at == len(self._texts):
            view = ContentView(self, inset_px=RING)
            self._texts.append(view)
        return self._texts[at]

    def _part(self, made: type[Part], at: int) -> Part:
        pool = self._pool.setdefault(made, [])
        if at == len(pool):
            part = made(self)
            part.answered.connect(self._send)
            part.strike.connect(self._strike)
            pool.append(part)
        return pool[at]

    def _entry(self, at: int) -> TextField:
        if at == len(self._entries):
            entry = TextField(self)
            entry.answered.connect(self._typed)
            self._entries.append(entry)
        return self._entries[at]

    def _list(self, at: int) -> ListField:
        if at == len(self._lists):
            chooser = ListField(self)
            chooser.answered.connect(self._send)
            self._lists.append(chooser)
        return self._lists[at]

    # --- what was done -------------------------------------------------------------------------------

    def _send(self, response: str, value: Response, settled: bool) -> None:
        if self._item is not None:
            self.answered.emit(self._item.id, response, value, settled)

    def _typed(self, response: str, value: Response, settled: bool) -> None:
        if self._item is None:
            return
        self._responses[response] = value
        self._show_notes(self._item, self._words())
        if settled:
            self._tell_how_read(response)
        self._send(response, value, settled)

    def _tell_how_read(self, response: str) -> None:
        assert self._item is not None
        entry = self._item.interaction(response)
        if isinstance(entry, TextEntry) and entry.base_type != "string":
            line, fits = how_read(entry, self._responses.get(response, ()), self._look.lang)
            announce(self, line, urgent=not fits)

    def _strike(self, response: str, identifier: str) -> None:
        if self._item is not None:
            taken_back = identifier in self._struck.get(response, ())
            self.struck.emit(self._item.id, response, identifier, not taken_back)

    def _highlight(self, passages: Passages, on: bool) -> None:
        if self._item is not None:
            self.highlighted.emit(self._item.id, passages, on)

    def _words(self) -> ItemText:
        assert self._item is not None
        return self._item.texts.get(self._look.lang) or next(iter(self._item.texts.values()))


def _split(blocks: tuple[Block, ...]) -> list[tuple[Block, ...] | Place]:
    """Runs of text between the places of parts."""
    runs: list[tuple[Block, ...] | Place] = []
    run: list[Block] = []
    for block in blocks:
        if isinstance(block, Place):
            if run:
                runs.append(tuple(run))
                run = []
            runs.append(block)
        else:
            run.append(block)
    if run:
        runs.append(tuple(run))
    return runs


def _with_all_places(item: Item, body: tuple[Block, ...]) -> tuple[Block, ...]:
    """The body with a place at the end for every block interaction that has none.

    Hot texts never have one: what is said about them stands under the text.
    """
    placed = {block.response for block in body if isinstance(block, Place)}
    missing = [
        Place(interaction.response)
        for interaction in item.interactions
        if has_part(type(interaction)) and interaction.response not in placed
    ]
    return (*body, *missing)


def _as_written(interaction: Interaction) -> tuple[str, ...]:
    return tuple(name for listed in sets(interaction) for name in listed)


def _fields_in_order(item: Item, words: ItemText) -> list[Interaction]:
    return [
        item.interaction(span.response) for span in spans_of(words.body) if isinstance(span, Field)
    ]


def render_png(
    item: Item,
    *,
    lang: str = LANGUAGES[0],
    theme: str = "light",
    scale: int = 100,
    width_px: int = QUESTION_WIDTH,
    responses: Mapping[str, Response] | None = None,
    media: Callable[[str], bytes] | None = None,
) -> bytes:
    """`item` as a candidate would see it, as PNG. `media` gives the bytes of its pictures.

    Needs no screen: without one it draws on Qt's offscreen platform.
    """
    application = QApplication.instance() or QApplication(["kiosk", "-platform", "offscreen"])
    look = Look(lang, Theme(theme), scale)
    view = ItemView(media=media)
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    view.setAutoFillBackground(True)
    view.setPalette(qt_palette(look))
    view.setContentsMargins(Gap.LARGE, Gap.LARGE, Gap.LARGE, Gap.LARGE)
    view.show_item(item, {}, responses or {}, look)
    view.show()
    application.processEvents()
    width = width_px + 2 * Gap.LARGE
    # A window of its own is never lower than its layout was at the least width.
    view.setFixedSize(width, view.heightForWidth(width))
    application.processEvents()
    picture = QPixmap(view.size())
    picture.fill(look.colour("ground"))
    view.render(picture, QPoint())
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    view.deleteLater()
    return bytes(buffer.data().data())
