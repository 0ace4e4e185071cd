"""A sealing hides what is right and loses nothing of how it is scored."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.artefacts.bank import BankReader, open_bank, read_bank, read_manifest
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import (
    ScoringContent,
    open_scoring,
    read_envelope,
    read_scoring,
)
from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Choice, InlineChoice, TextEntry
from kiosk.authoring.compiled import CompiledBank, CompiledItem, compile_bank
from kiosk.authoring.labelled_rules import labelled_rules
from kiosk.authoring.labels import fresh_labels, labelled_item
from kiosk.authoring.seal import Sealed, seal_bank, seal_scoring
from kiosk.authoring.source_bank import read_source_bank
from kiosk.authoring.source_writer import NewItem, write_source_bank
from kiosk.errors import InputRefused
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import Branch, Condition, Expression, SetOutcome
from tests.authoring.builders import (
    Keys,
    a_bank,
    a_choice,
    a_compiled_bank,
    a_mapping,
    a_png,
    a_text_entry,
    a_true_false,
    compiled,
    read,
    two_lists,
)

ITEMS = (
    a_choice("C", identifier="ONE", fixed="D"),
    a_choice("A", "B", identifier="MANY", most=2),
    a_choice(
        "A",
        "C",
        identifier="MAPPED",
        most=0,
        mapping=a_mapping(("A", "1"), ("C", "0.5"), ("D", "-1"), lower_bound="0"),
        template="map_response",
    ),
    a_choice("B", identifier="IN-ORDER", shuffle=False),
    a_true_false("false", identifier="TRUTH"),
    two_lists("B", "C").replace(b'"I1"', b'"LISTS"'),
    a_text_entry("4.5", base_type="float").replace(b'"I1"', b'"NUMBER"'),
)


def opened(sealed: Sealed, keys: Keys) -> tuple[BankReader, ScoringContent]:
    envelope, manifest = read_envelope(read_scoring(sealed.scoring), keys.author.record)
    content = open_scoring(envelope, manifest, keys.opening)
    assert open_scoring(envelope, manifest, keys.recovery) == content
    file = read_bank(sealed.bank)
    assert read_manifest(file.manifest, keys.author.record) == manifest == sealed.manifest
    return open_bank(content.bank_key, file.ciphertext, manifest.bank, manifest.version), content


def sealing(bank: CompiledBank, keys: Keys, seed: int = 1) -> Sealed:
    return seal_bank(bank, keys.author, keys.recipients, sealed_at=1, source=random.Random(seed))


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> CompiledBank:
    found = a_compiled_bank(tmp_path_factory.mktemp("bank") / "acids", *ITEMS)
    assert len(found.items) == len(ITEMS), found.problems
    return found


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


def responses_of(one: CompiledItem) -> list[dict[str, tuple[str, ...]]]:
    """Every response of an item's choices, and some texts."""
    each = []
    for interaction in one.item.interactions:
        if isinstance(interaction, TextEntry):
            each.append([(), ("4.5",), ("4,50",), ("five",)])
        elif isinstance(interaction, Choice) and interaction.max_choices != 1:
            sizes = range(len(interaction.choices) + 1)
            each.append([c for n in sizes for c in itertools.combinations(interaction.choices, n)])
        else:
            each.append([(), *((choice,) for choice in interaction.choices)])
    names = [interaction.response for interaction in one.item.interactions]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*each)]


def test_every_response_scores_under_its_sealed_names_as_under_the_authors(
    bank: CompiledBank, keys: Keys
) -> None:
    reader, content = opened(sealing(bank, keys), keys)
    entries = {entry.source: entry for entry in content.entries}
    for one in bank.items:
        entry = entries[one.item.id]
        item = reader.item(entry.item)
        own = entry.names
        sealed_name = {
            interaction.response: own[interaction.response] for interaction in item.interactions
        }
        for responses in responses_of(one):
            given_sealed = {}
            for interaction in item.interactions:
                values = responses[sealed_name[interaction.response]]
                if not isinstance(interaction, TextEntry):
                    fresh = {own[choice]: choice for choice in interaction.choices}
                    values = tuple(sorted(fresh[value] for value in values))
                given_sealed[interaction.response] = values
            expected = score_item(one.rules, responses).values
            assert score_item(entry.rules, given_sealed).values == expected


def test_a_choice_says_under_its_fresh_name_what_it_said(bank: CompiledBank, keys: Keys) -> None:
    reader, content = opened(sealing(bank, keys), keys)
    sources = {one.item.id: one.item for one in bank.items}
    for entry in content.entries:
        sealed, source = reader.item(entry.item), sources[entry.source]
        assert plain_text(sealed.texts["en"].body) == plain_text(source.texts["en"].body)
        for response, choices in sealed.texts["en"].choices.items():
            for choice, words in choices.items():
                own = source.texts["en"].choices[entry.names[response]][entry.names[choice]]
                assert plain_text(words) == plain_text(own)


def test_nothing_of_the_author_but_the_texts_is_in_the_image(
    bank: CompiledBank, keys: Keys
) -> None:
    reader, content = opened(sealing(bank, keys), keys)
    image = bytes(reader._connection.serialize())
    words = [one.item.id for one in bank.items]
    words += [
        "RESPONSE",
        "SCORE",
        "A title",
        "correct",
        "mapping",
        "match",
        "KP-01",
        "see the book",
    ]
    for word in words:
        assert word.encode() not in image, word
    assert set(reader.item_ids()) == {entry.item for entry in content.entries}


def test_nothing_readable_leaves_in_the_files(bank: CompiledBank, keys: Keys) -> None:
    sealed = sealing(bank, keys)
    for data in (sealed.bank, sealed.scoring):
        for word in (b"hydrochloric", b"RESPONSE", b"MAPPED", b"map_response"):
            assert word not in data


def test_no_number_of_choices_tells_the_number_of_keys(bank: CompiledBank, keys: Keys) -> None:
    reader, content = opened(sealing(bank, keys), keys)
    for entry in content.entries:
        for interaction in reader.item(entry.item).interactions:
            if isinstance(interaction, Choice):
                assert interaction.min_choices == 0
                assert interaction.max_choices in (0, 1)
            if isinstance(interaction, TextEntry):
                assert interaction.expected_length in (12, 24, 48)


def position_counts(data: bytes, key: str, times: int = 4_000) -> Counter[int]:
    item, _ = compiled(data)
    source, _ = read(data)
    assert item is not None
    assert source is not None
    chance = random.Random(20261123)
    counts: Counter[int] = Counter()
    for _ in range(times):
        labels = fresh_labels(item, source.rules, chance)
        (choice,) = labelled_item(item, labels, chance).interactions
        assert isinstance(choice, Choice | InlineChoice)
        counts[choice.choices.index(labels.choices["RESPONSE"][key])] += 1
    return counts


def test_the_key_stands_at_every_place_equally_often() -> None:
    counts = position_counts(a_choice("A"), "A")
    expected = 4_000 / 4
    chi_square = sum((counts[place] - expected) ** 2 / expected for place in range(4))
    assert chi_square < 16.3  # three degrees of freedom, p = 0.001


def test_the_sorted_names_tell_the_key_no_better() -> None:
    data = a_choice("A")
    item, _ = compiled(data)
    source, _ = read(data)
    assert item is not None
    assert source is not None
    chance = random.Random(7)
    ranks: Counter[int] = Counter()
    for _ in range(4_000):
        choices = fresh_labels(item, source.rules, chance).choices["RESPONSE"]
        ranks[sorted(choices.values()).index(choices["A"])] += 1
    assert sum((ranks[place] - 1_000) ** 2 / 1_000 for place in range(4)) < 16.3


@pytest.mark.parametrize(
    ("data", "key", "place"),
    [
        (a_choice("D", fixed="D"), "D", 3),
        (a_choice("B", shuffle=False), "B", 1),
        (a_true_false("false"), "false", 1),
    ],
)
def test_what_keeps_its_place_keeps_it(data: bytes, key: str, place: int) -> None:
    assert position_counts(data, key, 50) == Counter({place: 50})


def test_two_sealings_share_no_name(bank: CompiledBank, keys: Keys) -> None:
    one, other = (
        {
            name
            for entry in opened(sealing(bank, keys, seed), keys)[1].entries
            for name in entry.names
        }
        for seed in (1, 2)
    )
    assert not one & other


def test_enemies_travel_under_their_sealed_names(tmp_path: Path, keys: Keys) -> None:
    folder = a_bank(tmp_path, a_true_false(identifier="A"), a_true_false(identifier="B"))
    manifest = folder / "imsmanifest.xml"
    relation = (
        "<relation><kind><value>enemy</value></kind>"
        "<resource><identifier><entry>B</entry></identifier></resource></relation>"
    )
    head, lom, rest = manifest.read_text("utf-8").partition("</general>")
    manifest.write_text(head + lom + relation + rest, "utf-8")
    source = read_source_bank(folder)
    assert [entry.about.enemies for entry in source.entries] == [("B",), ()]
    _, content = opened(sealing(compile_bank(source), keys), keys)
    entries = {entry.source: entry for entry in content.entries}
    assert entries["A"].enemies == (entries["B"].item,)
    assert entries["B"].enemies == ()
    copy = tmp_path / "copy"
    new = [
        NewItem(entry.id, lang, resource, source.load(resource.href))
        for entry in source.entries
        for lang, resource in entry.resources.items()
    ]
    write_source_bank(copy, new, {})
    assert [entry.about.enemies for entry in read_source_bank(copy).entries] == [("B",), ()]


def test_both_languages_share_the_names(tmp_path: Path, keys: Keys) -> None:
    chinese = {"A": "盐酸", "B": "煤油", "C": "氨水", "D": "草酸"}
    bank = a_compiled_bank(
        tmp_path / "b", a_choice("A"), a_choice("A", lang="zh-CN", options=chinese)
    )
    reader, content = opened(sealing(bank, keys), keys)
    item = reader.item(content.entries[0].item)
    assert set(item.texts) == {"en", "zh-CN"}
    english, other = (item.texts[lang].choices for lang in ("en", "zh-CN"))
    assert {r: set(c) for r, c in english.items()} == {r: set(c) for r, c in other.items()}


def test_a_picture_travels_in_the_media_table(tmp_path: Path, keys: Keys) -> None:
    data = a_choice("A", prompt='See <img src="../media/a.png" alt="a pump"/>')
    folder = a_bank(tmp_path / "b", data, media={"media/a.png": a_png()})
    bank = compile_bank(read_source_bank(folder))
    reader, _ = opened(sealing(bank, keys), keys)
    (name,) = bank.media
    assert reader.media(name) == bank.media[name]


def test_the_image_opens_for_a_reader_that_trusts_nobody(bank: CompiledBank, keys: Keys) -> None:
    reader, _ = opened(sealing(bank, keys), keys)
    with pytest.raises(sqlite3.DatabaseError):
        reader._connection.execute("DELETE FROM item")


def test_a_sealing_needs_the_station_and_the_recovery_key(bank: CompiledBank, keys: Keys) -> None:
    for missing in keys.recipients:
        others = tuple(record for record in keys.recipients if record is not missing)
        with pytest.raises(InputRefused, match=str(missing.role)):
            seal_bank(bank, keys.author, others, sealed_at=1)


def test_another_station_cannot_open_the_scoring(bank: CompiledBank, keys: Keys) -> None:
    sealed = sealing(bank, keys)
    envelope, manifest = read_envelope(read_scoring(sealed.scoring), keys.author.record)
    with pytest.raises(InputRefused, match="another station"):
        open_scoring(envelope, manifest, PrivateKeys.generate(Role.OPENING, "Elsewhere"))


def test_a_later_scoring_version_fits_the_bank_that_is_out(tmp_path: Path, keys: Keys) -> None:
    first = a_compiled_bank(tmp_path / "one", a_choice("A"))
    sealed = sealing(first, keys)
    corrected = a_compiled_bank(tmp_path / "two" / "one", a_choice("C"))
    data, record = seal_scoring(corrected, sealed.record, keys.author, keys.recipients)
    envelope, manifest = read_envelope(read_scoring(data), keys.author.record)
    content = open_scoring(envelope, manifest, keys.opening)
    assert (content.scoring_version, record.scoring_version) == (2, 2)
    assert manifest == sealed.manifest
    reader, before = opened(sealed, keys)
    (entry,), (old,) = content.entries, before.entries
    assert entry.names == old.names
    assert content.bank_key == before.bank_key
    (key,) = entry.rules.responses[0].correct or ()
    assert entry.names[key] == "C"
    assert key in reader.item(entry.item).interactions[0].choices


def test_a_changed_text_needs_a_new_bank(tmp_path: Path, keys: Keys) -> None:
    sealed = sealing(a_compiled_bank(tmp_path / "one", a_choice("A")), keys)
    swapped = {
        "A": "kerosene oil",
        "B": "hydrochloric acid",
        "C": "ammonia water",
        "D": "oxalic acid",
    }
    changed = a_compiled_bank(tmp_path / "two" / "one", a_choice("A", options=swapped))
    with pytest.raises(InputRefused, match="I1"):
        seal_scoring(changed, sealed.record, keys.author, keys.recipients)


def test_a_sealing_record_does_not_show_its_keys(bank: CompiledBank, keys: Keys) -> None:
    record = sealing(bank, keys).record
    assert record.bank_key.hex() not in repr(record)
    assert repr(record.bank_key) not in repr(record)


# --- rules that follow the fresh names ----------------------------------------------------------


def test_a_rule_that_looks_at_the_letters_of_a_choice_is_refused() -> None:
    data = a_choice("A")
    source, _ = read(data)
    item, _ = compiled(data)
    assert source is not None
    assert item is not None
    labels = fresh_labels(item, source.rules, random.Random(1))
    looks = Expression(
        "pattern-match", {"pattern": "[AB]"}, (Expression("variable", {"identifier": "RESPONSE"}),)
    )
    rules = replace(source.rules, processing=(Condition((Branch(looks),)),))
    with pytest.raises(InputRefused, match="letters"):
        labelled_rules(rules, labels)


def test_a_constant_that_may_mean_two_responses_is_refused() -> None:
    source, _ = read(two_lists())
    item, _ = compiled(two_lists())
    assert source is not None
    assert item is not None
    labels = fresh_labels(item, source.rules, random.Random(1))
    lone = SetOutcome("SEEN", Expression("base-value", {"base-type": "identifier"}, (), ("A",)))
    with pytest.raises(InputRefused, match="cannot be told"):
        labelled_rules(replace(source.rules, processing=(lone,)), labels)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from("ABC"), st.sampled_from("ABC"))
def test_constants_follow_the_response_they_stand_beside(seed: int, one: str, two: str) -> None:
    data = two_lists(one, two)
    source, _ = read(data)
    item, _ = compiled(data)
    assert source is not None
    assert item is not None
    labels = fresh_labels(item, source.rules, random.Random(seed))
    rules = labelled_rules(source.rules, labels)
    for first, second in itertools.product("ABC", repeat=2):
        own = score_item(source.rules, {"R1": (first,), "R2": (second,)}).score
        fresh = {
            labels.responses["R1"]: (labels.choices["R1"][first],),
            labels.responses["R2"]: (labels.choices["R2"][second],),
        }
        assert score_item(rules, fresh).score == own
