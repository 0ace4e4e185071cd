"""A practice question shows how its kind is answered, in every language."""

import pytest

from kiosk.assessment.content import Field, Place, Slot, plain_text, spans_of
from kiosk.assessment.items import Hottext, identifiers
from kiosk.assessment.sitting import Part, Terms
from kiosk.terminal.practice import _MAKERS, rule_lines
from kiosk.terminal.screens.wording import KINDS, PROMPTS
from kiosk.words import LANGUAGES
from tests.terminal.room import Room

ITEMS = {kind: make() for kind, make in _MAKERS.items()}


@pytest.mark.parametrize("kind", ITEMS)
def test_a_practice_question_is_of_its_kind_and_the_screens_can_name_it(kind):
    assert ITEMS[kind].kind is kind
    assert KINDS[kind]
    assert PROMPTS[kind]


@pytest.mark.parametrize("kind", ITEMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_practice_question_is_whole_in_every_language(kind, lang):
    item = ITEMS[kind]
    words = item.texts[lang]
    assert plain_text(words.body)
    placed = {block.response for block in words.body if isinstance(block, Place)}
    spans = list(spans_of(words.body))
    placed |= {span.response for span in spans if isinstance(span, Field)}
    slots = {span.choice for span in spans if isinstance(span, Slot)}
    for interaction in item.interactions:
        assert interaction.response in placed or isinstance(interaction, Hottext)
        said = words.choices.get(interaction.response, {})
        gaps = set(getattr(interaction, "gaps", ()))
        assert gaps <= slots
        for name in set(identifiers(interaction)) - gaps:
            if not hasattr(interaction, "spots"):
                assert plain_text(said[name])


def test_the_languages_of_a_practice_question_differ():
    for item in ITEMS.values():
        assert len({plain_text(words.body) for words in item.texts.values()}) == len(LANGUAGES)


@pytest.mark.parametrize("parts", [(), (Part(("s1",), 600_000), Part(("s2",), 600_000))])
@pytest.mark.parametrize("linear", [(), ("s1",)])
@pytest.mark.parametrize("earliest_ms", [0, 600_000])
def test_the_rules_tell_of_parts_and_of_no_way_back_in_seven_lines(parts, linear, earliest_ms):
    terms = Terms(1_200_000, earliest_hand_in_ms=earliest_ms, parts=parts, linear=linear)
    lines = rule_lines(Room().plan.exams[0], terms)
    assert all(len(of) <= 7 for of in lines.values())
    told = " ".join(lines["en"])
    assert ("2 parts, each with its own time" in told) == bool(parts)
    assert ("you can only go on" in told) == bool(linear)
    assert ("in any order" in told) == (not parts and not linear)
