"""A practice question on the exam's own page, so that each of its tools is met before the clock runs."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.exam import ExamScreen
from kiosk.terminal.screens.keys_card import key_lines
from kiosk.terminal.screens.tools import TOOL_NAMES
from kiosk.terminal.views import Clock, Exam, Intent, PartLabel, Practise, Rules, Saved
from kiosk.ui.controls import Button, Words
from kiosk.ui.document import Media
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text


class PracticePage(ExamScreen):
    """Shows the practice of `views.Rules`."""

    overview_offered = False

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent, media)
        self.banner, self.keys = Words(self), Words(self)
        told = QVBoxLayout()
        told.setContentsMargins(Gap.PAGE, Gap.MEDIUM, Gap.PAGE, Gap.MEDIUM)
        told.setSpacing(Gap.HAIR)
        told.addWidget(self.banner)
        told.addWidget(self.keys)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertLayout(0, told)
        self.skip = Button("second", self.bar)
        self.bar.add_left(self.skip)
        self.skip.clicked.connect(self._skip)
        self.back.hide()

    def show_practice(self, view: Rules, look: Look) -> None:
        """Show the question that is practised."""
        assert view.practice is not None
        lang, number, count = look.lang, view.practice_number, view.practice_count
        banner = text(
            "Practice {number} of {count}. It does not count, and the clock is not running",
            lang,
            number=number,
            count=count,
        )
        self.banner.say(banner, look.chrome, Type.BASE, "accent", strong=True)
        keys = " · ".join(f"{key} {what}" for key, what in key_lines(lang)[:7])
        told = text("Keys: {keys}", lang, keys=keys)
        if view.tools:
            tools = " · ".join(look.say(TOOL_NAMES[tool]) for tool in view.tools)
            told += "\n" + text(
                "Your exam has these tools; try them here: {tools}", lang, tools=tools
            )
        self.keys.say(told, look.chrome, Type.NOTE, "quiet")
        self.skip.setVisible(number < count)
        self.skip.say(text("Skip practice and start", lang), look.chrome)
        exam = Exam(
            header=view.header,
            question=view.practice,
            flagged=view.flagged,
            saved=Saved.NONE,
            overview=(),
            clock=Clock(0, running=False),
            note=view.note,
            tools=view.tools,
            scratch=view.scratch,
            sheet=view.sheet,
            read_aloud=view.read_aloud,
            onward=number + 1 if number < count else None,
        )
        self.show_view(exam, look)

    def spoken(self) -> list[str]:
        return [self.banner.text(), *super().spoken()]

    def _intent_to(self, number: int | None) -> Intent:
        return Practise()

    def _end_text(self, part: PartLabel | None, lang: str) -> str:
        return text("Start the exam", lang)

    def _skip(self) -> None:
        self.writing.finish()
        self.leave()
        self.intent.emit(Practise(skip=True))
