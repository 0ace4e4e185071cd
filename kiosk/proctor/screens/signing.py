"""The desk's page: steps one and two left, the code in the middle, what was done at the right."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.proctor import views
from kiosk.proctor.screens.acts import ActsList
from kiosk.proctor.screens.steps import CodeStep, OfferStep, SubjectStep
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import FOLD_SCALE, FOLD_WIDTH, Gap, Type
from kiosk.words import text

_ACTS_WIDTH = 250
_CODE_WIDTH = 500
_LEFT_MOST = 640
_CODE_HEIGHT = 590
_UPRIGHT_WIDTH = 1100
"""Under it, and where it is higher than wide, the code stands below the steps: a tablet held upright."""


class SigningScreen(QWidget):
    """Shows `views.Signing`."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._view: views.Signing | None = None
        self._in_view = 0
        self._columns = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(Gap.LARGE, Gap.MEDIUM, Gap.LARGE, Gap.MEDIUM)
        row.setSpacing(Gap.LARGE)

        self._left = left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Gap.TIGHT)
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Gap.MEDIUM)
        self.subject = SubjectStep(inside)
        self.offer = OfferStep(inside)
        self._rows.addWidget(self.subject)
        self._rows.addWidget(self.offer)
        self._rows.addStretch(1)
        self.steps = _scroll(left, inside)
        self.message = Words(left)
        self.message.setContentsMargins(RING, 0, RING, 0)
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 0, 0)
        self.next = Button("second", left)
        self.sign = Button("main", left)
        bar.addWidget(self.next)
        bar.addStretch(1)
        bar.addWidget(self.sign)
        # The room of the button is kept, so that nothing moves when it comes.
        for button in (self.next, self.sign):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
        column.addWidget(self.steps, 1)
        column.addWidget(self.message)
        column.addLayout(bar)

        self.code = CodeStep(self)
        self._code_scroll = _scroll(self, self.code)
        self._code_scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

        self._acts = QWidget()
        lines = QVBoxLayout(self._acts)
        lines.setContentsMargins(Gap.HAIR, 0, Gap.HAIR, 0)
        lines.setSpacing(Gap.SMALL)
        self.acts_title = Words(self._acts)
        self.acts = ActsList(self._acts)
        lines.addWidget(self.acts_title)
        lines.addWidget(self.acts)
        lines.addStretch(1)
        self._side = _scroll(self, self._acts)

        row.addWidget(left, 1000)
        row.addWidget(self._code_scroll, 1)
        row.addWidget(self._side, 1)
        self.subject.intent.connect(self.intent)
        self.offer.intent.connect(self.intent)
        self.sign.clicked.connect(self._sign)
        self.next.clicked.connect(lambda: self.intent.emit(views.Clear()))

    def show_view(self, view: views.Signing, look: Look, left_s: int) -> None:
        self._view, self._look = view, look
        lang = look.lang
        for area in (self.steps, self._code_scroll, self._side):
            dress_scroll(area, look)
        self.subject.show_subject(view.subject, look)
        self.offer.show_offer(view.offer, look)
        self.code.show_code(view.code, left_s, look)
        self.acts_title.say(text("Signed last", lang), look, Type.NOTE, "quiet")
        self.acts.show_rows(view.rows, look)
        self.message.say(view.message, look, Type.BASE, "bad", strong=True)
        self.message.setVisible(bool(view.message))
        offer = view.offer
        may = offer is not None and offer.signable and not offer.confirming
        self.sign.say(text("Sign", lang), look, name=_sign_name(offer, lang))
        self.sign.setVisible(may)
        self.next.say(text("Next seat", lang), look)
        self.next.setVisible(view.code is not None or bool(view.subject.heading))
        self._fold()
        if offer is not None and offer.title and offer.serial != self._in_view:
            self._in_view = offer.serial
            # Once the layout is done: what is to be read must be on the screen.
            QTimer.singleShot(0, self, self._bring_offer)

    def tick(self, left_s: int) -> None:
        self.code.tick(left_s)

    def home_focus(self) -> QWidget | None:
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Where three columns have no room, what was done goes below the steps."""
        upright = self.width() < min(_UPRIGHT_WIDTH, self.height())
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(down if upright else across)
        self._left.setMaximumWidth(self.width() if upright else _LEFT_MOST)
        folded = self.width() < FOLD_WIDTH or self._look.scale >= FOLD_SCALE
        self._side.setVisible(not folded)
        self._side.setMinimumWidth(_ACTS_WIDTH)
        self._code_scroll.setMinimumSize(_CODE_WIDTH, _CODE_HEIGHT if upright else 0)
        if folded and self._side.widget() is self._acts:
            self._side.takeWidget()
            self._rows.insertWidget(2, self._acts)
            self._acts.show()
        elif not folded and self._side.widget() is not self._acts:
            self._rows.removeWidget(self._acts)
            self._side.setWidget(self._acts)

    def _bring_offer(self) -> None:
        inside = self.steps.widget()
        layout = inside.layout() if inside is not None else None
        if layout is not None:
            layout.activate()
        self.steps.ensureWidgetVisible(self.offer.lines, 0, Gap.MEDIUM)

    def _sign(self) -> None:
        if self._view is not None and self._view.offer is not None:
            self.intent.emit(views.Sign(self._view.offer.serial))


def _sign_name(offer: views.Offer | None, lang: str) -> str:
    if offer is None or not offer.title:
        return ""
    return text("Sign: {act}", lang, act=offer.title)


def _scroll(parent: QWidget, widget: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidget(widget)
    prepare_scroll(area)
    return area
