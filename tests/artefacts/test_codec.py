"""A value has one encoding, wherever its words came from."""

import pytest

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.session import Policy
from kiosk.assessment.display import THEMES, Display
from kiosk.assessment.sitting import Displayed, Terms


def another(word):
    """An equal word that is another object, as a widget, a file or a database gives it."""
    made = "".join(list(word))
    assert made is not word
    return made


@pytest.mark.parametrize("theme", THEMES)
def test_a_word_from_elsewhere_is_encoded_as_the_same_word(theme):
    told = Display("en", another(theme))
    assert encode(told) == encode(Display("en", theme))
    assert decode(encode(told), Display, "display") == told
    assert encode({1: (told,)}) == encode({1: (Display("en", theme),)})


def test_a_policy_from_elsewhere_is_encoded_as_the_same_policy():
    assert encode(Policy(start=another("own"), seats=another("fixed"))) == encode(Policy())


def test_no_default_is_written_wherever_its_equal_came_from():
    told = Display(another("zh-CN"), another("light"), int("100"))
    assert encode(told) == encode(Display())
    assert encode([Displayed(7, told)]) == encode([Displayed(7, Display())])
    assert encode(Terms(1, most_extension_ms=int("1800000"))) == encode(Terms(1))


def test_what_equals_a_default_and_is_of_another_type_is_kept():
    """`True == 1`: a value of a wrong type is refused where it is read, not mended here."""
    wrong = Terms(1, earliest_hand_in_ms=False)
    assert encode(wrong) != encode(Terms(1))
