"""A value has one encoding, wherever its words came from."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import decode, decode_each, encode
from kiosk.artefacts.session import Policy
from kiosk.assessment.display import THEMES, Display
from kiosk.assessment.sitting import Displayed, Terms
from kiosk.errors import InputRefused


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


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.binary(), inner),
    max_leaves=30,
)


@given(PLAIN | st.dictionaries(st.integers() | st.booleans() | st.text(), PLAIN) | st.floats())
def test_an_encoding_is_the_canonical_one_of_rfc_8949(value):
    assert encode(value) == cbor2.dumps(value, canonical=True)


ENTRIES = [encode(Terms(n, most_pauses=n)) for n in (1, 24, 70_000)]


def test_many_are_read_as_each_alone():
    assert decode_each(ENTRIES, Terms, "terms") == tuple(
        decode(one, Terms, "terms") for one in ENTRIES
    )
    assert decode_each([], Terms, "terms") == ()


@given(st.data())
def test_of_many_none_may_be_spoilt_and_none_begin_in_the_one_before(data):
    """Whatever one alone refuses, many refuse; and where one ends is not for the next to say."""
    entries = [bytearray(one) for one in ENTRIES]
    which = data.draw(st.integers(0, 2))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(entries[which]) - 1))
        entries[which][at] ^= data.draw(st.integers(1, 255))
    else:
        whole = b"".join(ENTRIES)
        ends = data.draw(st.lists(st.integers(0, len(whole)), min_size=2, max_size=2))
        first, second = sorted(ends)
        entries = [whole[:first], whole[first:second], whole[second:]]
    parts = [bytes(one) for one in entries]
    try:
        alone = tuple(decode(one, Terms, "terms") for one in parts)
    except InputRefused:
        with pytest.raises(InputRefused):
            decode_each(parts, Terms, "terms")
    else:
        assert decode_each(parts, Terms, "terms") == alone


def test_a_second_spelling_of_one_among_many_is_refused():
    spelt = cbor2.dumps({"duration_ms": 1, "most_pauses": 20})
    with pytest.raises(InputRefused, match="canonical"):
        decode_each([ENTRIES[0], spelt], Terms, "terms")
