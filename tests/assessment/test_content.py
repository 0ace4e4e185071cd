"""Content read aloud: what a person hears who cannot see the screen."""

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.content import (
    Cell,
    Drawing,
    Field,
    Figure,
    Formula,
    ItemList,
    LineBreak,
    Paragraph,
    Place,
    Preformatted,
    Raster,
    Table,
    Text,
    plain_text,
    spans_of,
)
from kiosk.assessment.items import ItemText

FORMULA = Formula(Drawing(100, 100, "D = c(org) / c(aq)", baseline=80))
BODY = (
    Paragraph((Text("La"), Text("3+", ("sup",)), Text(": "), FORMULA)),
    Table(
        (
            (Cell((Text("Stage"),), header=True), Cell((Text("pH"),), header=True)),
            (Cell((Text("1"),)), Cell((Field("R1"),))),
        ),
        caption=(Text("Measured"),),
    ),
    Figure(Raster("ab" * 32, 10, 10, "A mixer-settler"), caption=(Text("Figure 1"),)),
    ItemList(((Paragraph((Text("first"),)),), (Preformatted("second"),))),
    Place("RESPONSE"),
    Paragraph((Text("one"), LineBreak(), Text("two"))),
)


def test_a_body_is_read_in_order_with_the_words_of_its_pictures():
    assert plain_text(BODY).splitlines() == [
        "La3+: D = c(org) / c(aq)",
        "Measured",
        "Stage | pH",
        "1 | ___",
        "A mixer-settler",
        "Figure 1",
        "first",
        "second",
        "one",
        "two",
    ]


def test_every_span_is_found_however_deep():
    assert Field("R1") in list(spans_of(BODY))
    assert Text("first") in list(spans_of(BODY))
    assert Text("Figure 1") in list(spans_of(BODY))


def test_content_travels_unchanged():
    text = ItemText(BODY, {})
    assert decode(encode(text), ItemText, "text") == text
