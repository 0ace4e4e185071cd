"""Small items, forms and sittings for the tests of the core."""

from kiosk.assessment.content import Paragraph, Place, Text
from kiosk.assessment.items import Choice, InlineChoice, Item, ItemText, Kind, TextEntry
from kiosk.assessment.paper import Form, FormSection, Paper, PaperItem, PaperSection
from kiosk.assessment.sitting import Identity, Sitting, Started, Terms

MINUTE = 60_000
SEED = bytes(range(32))
IDENTITY = Identity("session", "exam", "0001")
ORDERS = {"RESPONSE": ("B", "A", "C")}


def says(text):
    return (Paragraph((Text(text),)),)


def an_item(identifier, *interactions):
    body = (*says("Which?"), *(Place(interaction.response) for interaction in interactions))
    choices = {
        interaction.response: {choice: says(choice) for choice in interaction.choices}
        for interaction in interactions
        if isinstance(interaction, Choice | InlineChoice)
    }
    return Item(identifier, interactions, {"en": ItemText(body, choices)})


def a_choice_item(identifier="i1", choices="ABCD", **fields):
    return an_item(identifier, Choice("RESPONSE", tuple(choices), shuffle=True, **fields))


def a_typed_item(identifier="i2", base_type="string"):
    return an_item(identifier, TextEntry("RESPONSE", base_type))


def a_form(*sections, shuffle=True):
    return Form(
        "form",
        tuple(
            FormSection(
                f"S{n}", Kind.SINGLE_CHOICE, {"en": "Title"}, {"en": "Rule"}, "1", items, shuffle
            )
            for n, items in enumerate(sections, start=1)
        ),
    )


def a_paper(*items):
    return Paper("form", (PaperSection("S1", tuple(PaperItem(item, ORDERS) for item in items)),))


def a_sitting(**terms):
    """A sitting of 90 minutes with the items i1, i2, i3, not yet begun."""
    return Sitting.admit(
        IDENTITY, Terms(**{"duration_ms": 90 * MINUTE, **terms}), a_paper("i1", "i2", "i3")
    )


def a_begun_sitting(at_ms=0, **terms):
    return a_sitting(**terms).apply(Started("boot-1", at_ms))
