"""Every interaction of QTI: read, compiled, scored, sealed; or refused with what is wrong with it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from kiosk.artefacts.bank import open_bank, read_bank
from kiosk.artefacts.scoring_file import open_scoring, read_envelope, read_scoring
from kiosk.assessment.content import Drawing, Place, Slot, plain_text, spans_of
from kiosk.assessment.items import (
    ExtendedText,
    GapMatch,
    GraphicGapMatch,
    Hotspot,
    Match,
    Order,
    PositionObject,
    Slider,
    identifiers,
)
from kiosk.assessment.responses import checked
from kiosk.authoring.compiled import CompiledBank, compile_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.labels import fresh_labels, labelled_item
from kiosk.authoring.lint import check_bank
from kiosk.authoring.seal import seal_bank
from kiosk.authoring.source_bank import read_source_bank
from kiosk.readers.xml import parse_xml
from kiosk.scoring.outcomes import score_item
from tests.authoring.builders import Keys, a_bank, compiled, read, said
from tests.authoring.interactions import EXTENDED, ITEMS, MEDIA, PLANT, WRONG


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> CompiledBank:
    folder = a_bank(tmp_path_factory.mktemp("bank") / "b", *ITEMS.values(), EXTENDED, media=MEDIA)
    found = compile_bank(read_source_bank(folder))
    assert not any(problem.refuses for problem in found.problems), found.problems
    return found


def one_of(bank: CompiledBank, name: str):
    return next(one for one in bank.items if one.item.id == name)


@pytest.mark.parametrize("name", [*ITEMS, "extended_text"])
def test_each_interaction_is_read_and_has_a_place(name: str, bank: CompiledBank) -> None:
    one = one_of(bank, name)
    assert one.item.kind == name
    text = one.item.texts["en"]
    spans = [span for span in spans_of(text.body) if isinstance(span, Slot)]
    places = [block for block in text.body if isinstance(block, Place)]
    assert bool(spans) == (name in ("hottext", "gap_match"))
    assert len(places) == (name != "hottext")
    (interaction,) = one.item.interactions
    if name != "extended_text":
        gaps = interaction.gaps if isinstance(interaction, GapMatch) else ()
        shown = set(text.choices.get("RESPONSE", {}))
        assert shown == set(identifiers(interaction)) - set(gaps)


@pytest.mark.parametrize("name", ITEMS)
def test_the_key_is_an_answer_a_seat_takes_and_earns_all(name: str, bank: CompiledBank) -> None:
    one = one_of(bank, name)
    key = one.rules.responses[0].correct
    assert key
    answer = checked(one.item, "RESPONSE", key)
    wrong = checked(one.item, "RESPONSE", WRONG[name])
    best = 2 if name == "match" else 1
    assert score_item(one.rules, {"RESPONSE": answer}).score == best
    assert score_item(one.rules, {"RESPONSE": wrong}).score == 0


@pytest.mark.parametrize("name", ITEMS)
def test_an_answer_scores_under_its_sealed_names_as_under_the_authors(
    name: str, bank: CompiledBank
) -> None:
    keys = Keys()
    sealed = seal_bank(bank, keys.author, keys.recipients, sealed_at=1, source=random.Random(5))
    envelope, manifest = read_envelope(read_scoring(sealed.scoring), keys.author.record)
    content = open_scoring(envelope, manifest, keys.opening)
    file = read_bank(sealed.bank)
    reader = open_bank(content.bank_key, file.ciphertext, manifest.bank, manifest.version)
    entry = next(entry for entry in content.entries if entry.source == name)
    item = reader.item(entry.item)
    fresh = {own: sealed_name for sealed_name, own in entry.names.items()}
    one = one_of(bank, name)
    (interaction,) = item.interactions
    for answer in (one.rules.responses[0].correct or (), WRONG[name]):
        renamed = tuple(
            value
            if name in ("slider", "select_point", "position_object")
            else " ".join(fresh[part] for part in value.split())
            for value in answer
        )
        given = checked(item, interaction.response, renamed)
        own_score = score_item(one.rules, {"RESPONSE": checked(one.item, "RESPONSE", answer)})
        assert score_item(entry.rules, {interaction.response: given}).score == own_score.score


@pytest.mark.parametrize("name", [*ITEMS, "extended_text"])
def test_what_is_sealed_says_the_same_and_no_name_of_the_author(
    name: str, bank: CompiledBank
) -> None:
    one = one_of(bank, name)
    labels = fresh_labels(one.item, one.rules, random.Random(3))
    sealed = labelled_item(one.item, labels, random.Random(4))
    own, fresh = one.item.texts["en"], sealed.texts["en"]
    assert {
        plain_text(c) for c in fresh.choices.get(labels.responses["RESPONSE"], {}).values()
    } == {plain_text(c) for c in own.choices.get("RESPONSE", {}).values()}
    assert list(fresh.pictures.values()) == list(own.pictures.values())
    assert not re.search(r"'(?:RESPONSE|[A-Z])'", repr(sealed))


def test_a_bank_of_every_interaction_has_no_error(bank: CompiledBank) -> None:
    errors = [one.text for one in check_bank(bank, "en") if one.severity == "error"]
    # One knowledge point and one language are this bank's; its items are in order.
    assert [text for text in errors if "knowledge point" not in text] == []


def interaction_of(data: bytes):
    item, problems = compiled(data, MEDIA)
    assert item is not None, said(problems)
    return item.interactions[0]


def test_limits_and_numbers_are_as_the_item_says() -> None:
    match = interaction_of(ITEMS["match"])
    assert isinstance(match, Match)
    assert match.limits == {"A": 1, "B": 1, "X": 0, "Y": 0}
    assert match.shuffle
    order = interaction_of(
        ITEMS["order"]
        .replace(b'shuffle="true"', b'max-choices="2"')
        .replace(b"<qti-value>A", b"<qti-value>B")
    )
    assert isinstance(order, Order)
    assert order.max_choices == 2
    assert isinstance(interaction_of(EXTENDED), ExtendedText)
    slider = interaction_of(ITEMS["slider"])
    assert slider == Slider("RESPONSE", "0", "14", "2")


def test_a_picture_says_its_size_or_its_file_does() -> None:
    unsized = ITEMS["hotspot"].replace(b' width="200" height="100"', b"")
    for data in (ITEMS["hotspot"], unsized):
        hotspot = interaction_of(data)
        assert isinstance(hotspot, Hotspot)
        assert hotspot.size == (200, 100)
        assert hotspot.spots[1].coords == (60, 50, 15)
    moved = interaction_of(ITEMS["position_object"])
    assert isinstance(moved, PositionObject)
    assert (moved.size, moved.object_size) == ((200, 100), (20, 20))


def test_spots_keep_their_words_for_those_who_cannot_see_them() -> None:
    item, _ = compiled(ITEMS["graphic_gap_match"], MEDIA)
    assert item is not None
    assert isinstance(item.interactions[0], GraphicGapMatch)
    text = item.texts["en"]
    assert plain_text(text.choices["RESPONSE"]["X"]) == "tank X"
    assert isinstance(text.pictures["RESPONSE"], Drawing)
    assert text.pictures["RESPONSE"].words == "A plant"


def test_the_same_item_in_qti_2_reads_the_same() -> None:
    def in_qti_2(data: bytes) -> bytes:
        text = data.decode()
        text = text.replace(
            "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
            "http://www.imsglobal.org/xsd/imsqti_v2p2",
        )
        text = text.replace("qti-", "")
        return re.sub(r"(?<=[a-z])-([a-z])(?=[a-z-]*[ =/>])", lambda m: m[1].upper(), text).encode()

    for name in ("match", "gap_match", "graphic_associate", "order"):
        # Attribute and element names alone are in capitals humps; values stay as they are.
        source, problems = read(in_qti_2(ITEMS[name]))
        again, _ = read(ITEMS[name])
        assert source is not None, said(problems)
        assert again is not None
        assert source.interactions == again.interactions


SPOILED = {
    "an order that is no order": ("order", b'"ordered"', b'"multiple"', "cannot give a multiple"),
    "three sets": ("match", b"</qti-prompt>", b"</qti-prompt><qti-simple-match-set/>", "two sets"),
    "no gap": ("gap_match", b"qti-gap ", b"qti-gop ", "no gap"),
    "the name of a gap twice": ("gap_match", b'identifier="Y"', b'identifier="X"', "of its own"),
    "a scale that goes down": ("slider", b'upper-bound="14"', b'upper-bound="-1"', "end to end"),
    "steps that pass the end": ("slider", b'step="2"', b'step="4"', "end to end"),
    "no picture": ("hotspot", PLANT.encode(), b"", "one picture"),
    "a spot without a shape": ("hotspot", b'coords="20,50,15"', b'coords="20"', "no coordinates"),
    "an object without a stage": (
        "position_object",
        b"position-object-stage",
        b"position-object-place",
        "stage",
    ),
    "a picture that is not there": ("hotspot", b"plant.svg", b"plants.svg", "no such file"),
    "a width of words": ("select_point", b'width="200"', b'width="wide"', "whole px"),
    "text between the choices": ("order", b"</qti-prompt>", b"</qti-prompt>stray", "holds text"),
    "a name of two words": ("order", b'identifier="A"', b'identifier="A B"', "of its own"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_wrong_with_an_interaction_is_said(name: str) -> None:
    item, old, new, reason = SPOILED[name]
    assert old in ITEMS[item]
    found, problems = compiled(ITEMS[item].replace(old, new), MEDIA)
    assert found is None
    assert reason in said(problems)


@pytest.mark.parametrize("kind", ["upload", "drawing", "media", "custom", "portable-custom"])
def test_what_no_seat_can_deliver_is_refused_with_the_reason(kind: str) -> None:
    data = ITEMS["slider"].replace(b"qti-slider-interaction", f"qti-{kind}-interaction".encode())
    source, problems = read(data)
    assert source is None
    assert f"<qti-{kind}-interaction> cannot be delivered" in said(problems)


def test_a_button_that_ends_an_attempt_is_left_out_with_a_note() -> None:
    button = b'<qti-end-attempt-interaction response-identifier="HINT" title="Hint"/>'
    declared = (
        b'<qti-response-declaration identifier="HINT" cardinality="single" base-type="boolean"/>'
    )
    data = ITEMS["order"].replace(b"</qti-item-body>", b"<p>" + button + b"</p></qti-item-body>")
    item, problems = compiled(data.replace(b"<qti-outcome", declared + b"<qti-outcome", 1))
    assert item is not None
    assert len(item.interactions) == 1
    assert "ends an attempt" in said(problems)


def test_one_answer_may_be_given_where_one_is_kept_whatever_the_item_says() -> None:
    choice = interaction_of(ITEMS["hotspot"].replace(b'max-choices="1"', b'max-choices="0"'))
    assert isinstance(choice, Hotspot)
    assert choice.max_choices == 1


def test_an_import_brings_the_pictures_under_spots_along(tmp_path: Path) -> None:
    folder = tmp_path / "from"
    (folder / "items").mkdir(parents=True)
    (folder / "media").mkdir()
    for name, data in MEDIA.items():
        (folder / name).write_bytes(data)
    for name, data in ITEMS.items():
        (folder / "items" / f"{name}.xml").write_bytes(data)
    found = import_sources([folder], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (len(ITEMS), ())
    again = compile_bank(read_source_bank(tmp_path / "bank"))
    assert len(again.items) == len(ITEMS)
    for one in again.items:
        root = parse_xml((tmp_path / "bank" / "items" / f"{one.item.id}.en.xml").read_bytes(), "x")
        assert root.get("identifier") == one.item.id
