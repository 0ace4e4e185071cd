"""A sealed template is so many plain items, enemies of one another, that its seed makes again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.codec import encode
from kiosk.artefacts.scoring_file import ScoringContent, open_scoring, read_envelope, read_scoring
from kiosk.authoring.compiled import CompiledBank, compile_bank
from kiosk.authoring.instantiate import Variants
from kiosk.authoring.labelled_rules import labelled_rules
from kiosk.authoring.seal import Sealed, seal_bank, seal_scoring
from kiosk.authoring.source_bank import read_source_bank
from kiosk.errors import InputRefused
from kiosk.scoring.outcomes import score_item
from tests.authoring.builders import Keys, a_bank, a_choice
from tests.authoring.template_items import a_sum

SEED = bytes(range(32))


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_bank(tmp_path_factory.mktemp("bank") / "sums", a_sum(), a_choice("A"))


def compiled(folder: Path, seed: bytes = SEED, count: int = 4) -> CompiledBank:
    return compile_bank(read_source_bank(folder, variants=Variants(seed, count)))


def sealing(bank: CompiledBank, keys: Keys) -> Sealed:
    return seal_bank(bank, keys.author, keys.recipients, sealed_at=1, source=random.Random(1))


def content_of(scoring: bytes, keys: Keys) -> ScoringContent:
    envelope, manifest = read_envelope(read_scoring(scoring), keys.author.record)
    return open_scoring(envelope, manifest, keys.opening)


def test_each_variant_is_an_item_of_its_templates_group(folder: Path, keys: Keys) -> None:
    sealed = sealing(compiled(folder), keys)
    content = content_of(sealed.scoring, keys)
    assert sealed.manifest.items == {"text_entry": 4, "single_choice": 1}
    assert {(entry.source, entry.group, entry.variant) for entry in content.entries} == {
        *((f"T1.v{n}", "T1", n) for n in (1, 2, 3, 4)),
        ("I1", "", 0),
    }
    assert content.template_seed == SEED
    keyed = {entry.rules.responses[0].correct for entry in content.entries if entry.group}
    assert len(keyed) == 4


def test_the_seed_in_the_scoring_file_makes_each_variant_again(folder: Path, keys: Keys) -> None:
    """From the author's folder and the .scoring alone, to the same bytes."""
    first = compiled(folder)
    sealed = sealing(first, keys)
    content = content_of(sealed.scoring, keys)
    number = max(entry.variant for entry in content.entries)
    again = compiled(folder, content.template_seed, number)
    assert [encode(one.item) for one in again.items] == [encode(one.item) for one in first.items]
    rules = {one.item.id: one.rules for one in again.items}
    for entry in content.entries:
        labelled = labelled_rules(rules[entry.source], sealed.record.labels[entry.source])
        assert encode(labelled) == encode(entry.rules)


def test_every_sealed_variant_scores_by_its_own_key(folder: Path, keys: Keys) -> None:
    content = content_of(sealing(compiled(folder), keys).scoring, keys)
    variants = [entry.rules for entry in content.entries if entry.group]
    for rules in variants:
        (response,) = rules.responses
        for other in variants:
            key = other.responses[0].correct or ()
            scored = score_item(rules, {response.id: key}).score
            assert scored == (1 if key == response.correct else 0)


def test_a_bank_without_templates_has_no_seed(tmp_path: Path, keys: Keys) -> None:
    sealed = sealing(compiled(a_bank(tmp_path / "plain", a_choice("A"))), keys)
    assert content_of(sealed.scoring, keys).template_seed == b""
    assert (sealed.record.template_seed, sealed.record.variants) == (b"", 0)


def test_an_enemy_of_a_template_is_one_of_all_its_variants(folder: Path, keys: Keys) -> None:
    bank = compiled(folder)
    items = tuple(
        replace(one, about=replace(one.about, enemies=() if one.template else ("T1",)))
        for one in bank.items
    )
    content = content_of(sealing(replace(bank, items=items), keys).scoring, keys)
    variants = {entry.item for entry in content.entries if entry.group}
    (alone,) = [entry for entry in content.entries if not entry.group]
    assert (len(variants), set(alone.enemies)) == (4, variants)


def test_a_later_scoring_version_has_the_same_variants(
    folder: Path, tmp_path: Path, keys: Keys
) -> None:
    sealed = sealing(compiled(folder), keys)
    # The key was wrong: 1 was missing in it.
    key = (
        b"<qti-sum>",
        b'<qti-sum><qti-base-value base-type="integer">1</qti-base-value>',
    )
    corrected = a_bank(tmp_path / "sums", a_sum().replace(*key), a_choice("A"))
    bank = compiled(corrected, sealed.record.template_seed, sealed.record.variants)
    scoring, record = seal_scoring(bank, sealed.record, keys.author, keys.recipients)
    before, after = content_of(sealed.scoring, keys), content_of(scoring, keys)
    assert (record.scoring_version, after.template_seed) == (2, SEED)
    for old, new in zip(before.entries, after.entries, strict=True):
        assert (old.item, old.names, old.group) == (new.item, new.names, new.group)
        if new.group:
            (was,), (now,) = old.rules.responses[0].correct, new.rules.responses[0].correct
            assert int(now) == int(was) + 1


@pytest.mark.parametrize(("seed", "count"), [(bytes(32), 4), (SEED, 3), (SEED, 5)])
def test_other_variants_are_no_later_scoring_of_this_bank(
    folder: Path, keys: Keys, seed: bytes, count: int
) -> None:
    sealed = sealing(compiled(folder), keys)
    with pytest.raises(InputRefused, match=r"T1\.v"):
        seal_scoring(compiled(folder, seed, count), sealed.record, keys.author, keys.recipients)
