"""A value has one encoding, wherever its words came from."""

import pytest

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.session import Policy
from kiosk.assessment.display import THEMES, Display


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
