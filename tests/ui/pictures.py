"""A picture of a plant with places on it, and a view that shows questions about it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.assessment.content import (
    UNITS_PER_PX,
    Drawing,
    Figure,
    Label,
    Paragraph,
    Path,
    Place,
    Stroke,
    Text,
)
from kiosk.assessment.items import Item, ItemText, Spot
from kiosk.ui.item_view import ItemView
from kiosk.ui.panels import settle_layouts
from kiosk.ui.theme import Look

SIZE = (520, 260)
TANK = Spot("t", "rect", (20, 60, 140, 200))
PUMP = Spot("p", "circle", (260, 130, 45))
MIXER = Spot("m", "poly", (380, 60, 500, 60, 500, 200, 380, 200))
SPOTS = (TANK, PUMP, MIXER)
VALVES = (Spot("u", "circle", (330, 30, 8)), Spot("v", "circle", (356, 30, 8)))
NAMES = {
    "t": ("储槽", "tank"),
    "p": ("泵", "pump"),
    "m": ("混合室", "mixer"),
    "u": ("", ""),
    "v": ("", ""),
}
CHOICES = {"x": ("有机相", "organic"), "y": ("水相", "aqueous"), "z": ("氨水", "ammonia")}
LANGS = ("zh-CN", "en")


def _line(*points: int) -> tuple[int, ...]:
    return tuple(point * UNITS_PER_PX for point in points)


def _circle(x: int, y: int, radius: int) -> Path:
    bend = round(0.5523 * radius)
    points = (
        *(x + radius, y),
        *(x + radius, y + bend, x + bend, y + radius, x, y + radius),
        *(x - bend, y + radius, x - radius, y + bend, x - radius, y),
        *(x - radius, y - bend, x - bend, y - radius, x, y - radius),
        *(x + bend, y - radius, x + radius, y - bend, x + radius, y),
    )
    return Path("MCCCCZ", _line(*points), stroke=Stroke())


PLANT = Drawing(
    *_line(*SIZE),
    words="A tank, a pump and a mixer in a row",
    paths=(
        Path("MLLLZ", _line(20, 60, 140, 60, 140, 200, 20, 200), fill="quiet", stroke=Stroke()),
        Path("MLLLZ", _line(380, 60, 500, 60, 500, 200, 380, 200), fill="accent", stroke=Stroke()),
        Path("ML", _line(140, 130, 215, 130), stroke=Stroke()),
        Path("ML", _line(305, 130, 380, 130), stroke=Stroke()),
        _circle(260, 130, 45),
        _circle(330, 30, 8),
        _circle(356, 30, 8),
    ),
    labels=(
        Label(*_line(80, 135), "T-1", anchor="middle"),
        Label(*_line(260, 135), "P-1", anchor="middle"),
        Label(*_line(440, 135), "M-1", anchor="middle"),
    ),
)
DOT = Drawing(*_line(24, 24), words="a valve", paths=(_circle(12, 12, 10),))


def paragraph(words: str) -> Paragraph:
    return Paragraph((Text(words),))


ASK = ("请在图中作答。", "Answer in the picture.")


def question(interaction, stem: tuple[str, str] = ASK) -> Item:
    """`interaction`, whose response is `R`, asked about the plant."""

    def said(at: int) -> ItemText:
        contents = {
            key: (paragraph(words[at]),) if words[at] else ()
            for key, words in (NAMES | CHOICES).items()
        }
        contents["o"] = (Figure(DOT),)
        return ItemText((paragraph(stem[at]), Place("R")), {"R": contents}, {"R": PLANT})

    return Item("on-a-picture", (interaction,), {lang: said(at) for at, lang in enumerate(LANGS)})


class Answered(ItemView):
    """Shows one question and, as the exam does, what was answered in it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = []
        self.answered.connect(self._keep)

    def ask(self, interaction, value=(), *, lang="en", scale=100, width=832):
        self.item = question(interaction)
        self.values = {"R": value}
        self.shown = Look(lang, scale=scale)
        self.show_item(self.item, {}, self.values, self.shown)
        self.resize(width, max(600, self.heightForWidth(width)))
        self.show()
        self.activateWindow()
        assert QTest.qWaitForWindowActive(self)
        settle_layouts()
        self.part = self._used["R"]
        self.stage = self.part.stage
        return self.part

    def _keep(self, _item, response, value, settled):
        assert settled
        self.sent.append(value)
        self.values[response] = value
        self.show_item(self.item, {}, self.values, self.shown)

    # --- what a person does -----------------------------------------------------------------------

    def press_at(self, x: int, y: int, button=Qt.MouseButton.LeftButton) -> None:
        """Press the point (x, y) of the picture."""
        at = self.stage.zoom.shown(x, y) + self.stage.stage().topLeft()
        QTest.mouseClick(self.stage, button, pos=QPoint(round(at.x()), round(at.y())))

    def focus(self, widget) -> None:
        widget.setFocus()
        assert widget.hasFocus()

    def key(self, *keys: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys where the focus is."""
        for key in keys:
            QTest.keyClick(self.window().focusWidget(), key, modifier)


MIDDLES = {"t": (80, 130), "p": (260, 130), "m": (440, 130), "u": (330, 30), "v": (356, 30)}
