"""Forms from a bank: what always holds, what is wished for, and what a refusal says."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.assessment.items import Kind
from kiosk.assessment.paper import Form
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import band_of, band_targets, content_targets, read_blueprint
from kiosk.scoring.rules import ItemRules
from kiosk.scoring.standard import read_standard
from kiosk.scoring.wording import section_title
from kiosk.station.assembly import assemble, figures, index_of
from kiosk.station.form_model import Candidate

BANK = Path(__file__).parents[2] / "question_banks" / "rare_earth_extraction"
SEED = bytes(range(32))


def measured(form: Form, items: Iterable[Candidate]) -> dict[str, int]:
    """How many items of each work content `form` has."""
    content = {item.id: item.content for item in items}
    return dict(Counter(content[item] for item in form.items))


def a_standard(weights=(50, 30, 20), points=3):
    contents = [
        {
            "id": f"C{number}",
            "title": {"en": f"Content {number}"},
            "knowledge_point": [
                {"id": f"C{number}.{point}", "title": {"en": "A point"}, "levels": ["L4"]}
                for point in range(points)
            ],
        }
        for number in range(len(weights))
    ]
    return read_standard(
        {
            "standard": {"id": "s", "title": {"en": "A standard"}, "edition": "1"},
            "function": [{"id": "F", "title": {"en": "A function"}, "content": contents}],
            "weights": {"L4": {f"C{n}": weight for n, weight in enumerate(weights)}},
        }
    )


def a_blueprint(*sections, **head):
    return read_blueprint(
        {
            "blueprint": {"id": "b", "level": "L4", "pass": 0, **head},
            "section": [
                {"kind": kind, "count": count, "points": points[0] if points else 1}
                for kind, count, *points in sections or [("single_choice", 10)]
            ],
        }
    )


def some_items(contents=3, points=3, each=4, kind=Kind.SINGLE_CHOICE, **fields):
    return [
        Candidate(f"{kind}-{c}.{p}-{n}", kind, f"C{c}.{p}", f"C{c}", ("L4",), **fields)
        for c in range(contents)
        for p in range(points)
        for n in range(each)
    ]


def test_a_form_has_each_section_s_count_and_the_contents_the_weights_ask_for():
    items = some_items() + some_items(kind=Kind.TRUE_FALSE)
    blueprint = a_blueprint(("single_choice", 12), ("true_false", 8))
    (form,) = assemble(blueprint, a_standard(), items, seed=SEED)
    kinds = {item.id: item.kind for item in items}
    assert [len(section.items) for section in form.sections] == [12, 8]
    assert all(kinds[item] == part.kind for part in form.sections for item in part.items)
    assert measured(form, items) == {"C0": 10, "C1": 6, "C2": 4}


def test_the_same_seed_makes_the_same_forms_and_another_seed_others():
    def make(seed):
        return assemble(a_blueprint(), a_standard(), some_items(), seed=seed, forms=2)

    assert make(SEED) == make(SEED)
    assert make(SEED) != make(bytes(32))


def test_parallel_forms_share_no_item_while_the_bank_suffices():
    items = some_items(each=5)
    one, two, three = assemble(a_blueprint(), a_standard(), items, seed=SEED, forms=3)
    assert len({*one.items, *two.items, *three.items}) == 30
    assert [form.id for form in (one, two, three)] == ["form-1", "form-2", "form-3"]


def test_parallel_forms_share_as_little_as_a_small_bank_allows():
    items = some_items(each=2)  # 18 items for two forms of 10
    one, two = assemble(a_blueprint(), a_standard((40, 30, 30)), items, seed=SEED, forms=2)
    assert len({*one.items} & {*two.items}) == 2


def test_a_form_asks_every_knowledge_point_before_it_repeats_one():
    (form,) = assemble(
        a_blueprint(("single_choice", 9)), a_standard((34, 33, 33)), some_items(), seed=SEED
    )
    points = {item.id: item.knowledge_point for item in some_items()}
    assert set(Counter(points[item] for item in form.items).values()) == {1}


def test_enemies_never_stand_on_one_form():
    items = [*some_items(each=6), *some_items(each=3, group="x", kind=Kind.TRUE_FALSE)]
    items = [replace(item, kind=Kind.SINGLE_CHOICE) for item in items]
    (form,) = assemble(a_blueprint(), a_standard(), items, seed=SEED)
    groups = {item.id: item.group for item in items}
    assert sum(groups[item] == "x" for item in form.items) <= 1


def a_scoring_entry(number: int, template: str = "", variant: int = 0) -> ScoringEntry:
    return ScoringEntry(
        item=f"{template or 'alone'}-{number}",
        source=f"{template}.v{variant}" if template else f"alone-{number}",
        kind="single_choice",
        knowledge_point=f"C{number % 3}.{number % 2}",
        levels=("L4",),
        names={},
        rules=ItemRules("item", ()),
        group=template,
        variant=variant,
    )


def test_a_form_has_one_variant_of_a_template_at_most():
    """Also where a form cannot do without templates: ten items of eleven templates or alone."""
    entries = [a_scoring_entry(n) for n in range(5)]
    entries += [a_scoring_entry(n, f"T{n}", variant) for n in range(9) for variant in range(1, 8)]
    entries = [replace(one, item=f"{one.item}.{one.variant}") for one in entries]
    items = index_of(entries, a_standard())
    groups = {entry.item: entry.group for entry in entries}
    for form in assemble(a_blueprint(), a_standard((40, 30, 30)), items, seed=SEED, forms=4):
        taken = [groups[item] for item in form.items if groups[item]]
        assert len(form.items) == 10
        assert len(taken) == len(set(taken)) >= 5


def test_variants_of_too_few_templates_fill_no_form():
    entries = [
        replace(a_scoring_entry(n, f"T{n}", variant), item=f"T{n}.{variant}")
        for n in range(9)
        for variant in range(1, 8)
    ]
    with pytest.raises(InputRefused, match=r"10 items .* has 9"):
        assemble(a_blueprint(), a_standard(), index_of(entries, a_standard()), seed=SEED)


def test_the_mean_difficulty_comes_near_the_one_asked_for():
    items = [
        Candidate(
            f"{point}-{n}", Kind.SINGLE_CHOICE, point, point[:2], ("L4",), Fraction(n + 1, 10)
        )
        for point in (f"C{c}.{p}" for c in range(3) for p in range(3))
        for n in range(8)
    ]
    difficulty = {item.id: item.difficulty for item in items}
    for asked in (Fraction(3, 10), Fraction(6, 10)):
        blueprint = a_blueprint(difficulty=float(asked))
        (form,) = assemble(blueprint, a_standard(), items, seed=SEED)
        assert abs(sum(difficulty[item] for item in form.items) / 10 - asked) < Fraction(1, 50)


def test_items_of_another_level_are_not_chosen():
    other = [
        Candidate(f"L5-{item.id}", item.kind, item.knowledge_point, item.content, ("L5",))
        for item in some_items()
    ]
    (form,) = assemble(a_blueprint(), a_standard(), [*other, *some_items()], seed=SEED)
    assert not any(item.startswith("L5") for item in form.items)


def test_too_few_items_of_a_kind_are_told_with_section_level_and_numbers():
    items = some_items() + some_items(kind=Kind.MULTIPLE_CHOICE, contents=2, each=1)
    blueprint = a_blueprint(("single_choice", 10), ("multiple_choice", 20))
    with pytest.raises(InputRefused) as refused:
        assemble(blueprint, a_standard(), items, seed=SEED)
    assert refused.value.summary == (
        "section 'S2' needs 20 items 'Multiple choice' at level L4, the bank has 6"
    )


def test_enemies_count_once_when_a_bank_is_too_small():
    with pytest.raises(InputRefused, match=r"needs 10 items .* the bank has 1"):
        assemble(a_blueprint(), a_standard(), some_items(group="x"), seed=SEED)


def test_too_few_items_of_a_work_content_are_told_by_its_name():
    items = [item for item in some_items(each=9) if item.content != "C1"]
    with pytest.raises(InputRefused, match=r"work content C1 needs 2 points or more .* for 0"):
        assemble(a_blueprint(), a_standard(), items, seed=SEED)


def test_bounds_that_hold_alone_but_not_together_are_named():
    # Content C0 needs 4 or more of 10; of its items all but two are true/false, which may be 2.
    items = [
        *some_items(contents=1, points=2, each=1),
        *some_items(contents=1, points=3, each=9, kind=Kind.TRUE_FALSE),
        *(item for item in some_items(each=9) if item.content == "C2"),
        *(item for item in some_items(each=1) if item.content == "C1"),
    ]
    blueprint = a_blueprint(("single_choice", 8), ("true_false", 2))
    standard = a_standard((80, 10, 10))
    with pytest.raises(InputRefused) as refused:
        assemble(blueprint, standard, items, seed=SEED)
    assert refused.value.summary == (
        "the sections and the weights of the standard cannot be met together at level L4"
    )
    assert refused.value.remedy == (
        "Add items to the bank, or ask for less in the blueprint; C0.0 needs 1 more item at L4: Single "
        "choice; C0.1 needs 1 more item at L4: Single choice; C0.2 needs 1 more item at L4: Single "
        "choice"
    )


def test_the_solver_says_nothing_on_standard_output(capfd):
    assemble(a_blueprint(), a_standard(), some_items(), seed=SEED)
    assert capfd.readouterr().out == ""


def test_an_index_is_read_from_the_entries_of_a_scoring_file():
    entry = ScoringEntry(
        "i", "source", "true_false", "C1.2", ("L4",), {}, ItemRules("i", ()), 250, "g"
    )
    assert index_of([entry], a_standard()) == (
        Candidate("i", Kind.TRUE_FALSE, "C1.2", "C1", ("L4",), Fraction(1, 4), "g"),
    )


def test_an_item_on_an_unknown_knowledge_point_is_refused():
    entry = ScoringEntry("i", "source", "true_false", "X", ("L4",), {}, ItemRules("i", ()))
    with pytest.raises(InputRefused, match="no knowledge point 'X'"):
        index_of([entry], a_standard())


@st.composite
def banks(draw):
    return [
        Candidate(
            f"i{number}",
            draw(st.sampled_from([Kind.SINGLE_CHOICE, Kind.TRUE_FALSE])),
            f"C{content}.{draw(st.integers(0, 2))}",
            f"C{content}",
            draw(st.sampled_from([("L4",), ("L4",), ("L5",)])),
            draw(st.none() | st.builds(Fraction, st.integers(0, 10), st.just(10))),
            draw(st.sampled_from(["", "", "", "g", "h"])),
        )
        for number in range(draw(st.integers(0, 40)))
        for content in [draw(st.integers(0, 2))]
    ]


# `make campaign` goes on with other seeds, and other banks with each.
SEEDS = [SEED, *(pytest.param(SEED + bytes([n]), marks=pytest.mark.campaign) for n in range(50))]


@pytest.mark.parametrize("seed", SEEDS)
@settings(max_examples=40)
@given(items=banks(), counts=st.tuples(st.integers(1, 8), st.integers(1, 6)))
def test_whatever_the_bank_a_form_keeps_every_bound_or_is_refused_with_a_reason(
    seed, items, counts
):
    blueprint = a_blueprint(("single_choice", counts[0]), ("true_false", counts[1]), difficulty=0.5)
    standard = a_standard()
    try:
        forms = assemble(blueprint, standard, items, seed=seed, forms=2)
    except InputRefused as fault:
        refusal = fault.summary
        forms = ()
    else:
        refusal = ""
    assert bool(forms) != any(word in refusal for word in ("the bank has", "together"))
    by_id = {item.id: item for item in items}
    for form in forms:
        chosen = [by_id[item] for item in form.items]
        assert tuple(len(section.items) for section in form.sections) == counts
        assert len(set(form.items)) == len(chosen)
        assert all("L4" in item.levels for item in chosen)
        groups = [item.group for item in chosen if item.group]
        assert len(groups) == len(set(groups))
        got = measured(form, items)
        for content, target in content_targets(blueprint, standard).items():
            assert abs(got.get(content, 0) - target) <= 1


def test_the_real_standard_gives_a_form_of_ninety_five_items_at_every_level():
    standard = read_standard(tomllib.loads((BANK / "standard.toml").read_text("utf-8")))
    items = [
        Candidate(f"{kind}-{point.id}-{n}", kind, point.id, content.id, point.levels)
        for content in standard.contents()
        for point in content.knowledge_points
        for kind in (Kind.SINGLE_CHOICE, Kind.TRUE_FALSE, Kind.MULTIPLE_CHOICE)
        for n in range(4)
    ]
    for level in standard.weights:
        blueprint = a_blueprint(
            ("single_choice", 60), ("true_false", 20), ("multiple_choice", 15), level=level
        )
        (form,) = assemble(blueprint, standard, items, seed=SEED)
        targets = content_targets(blueprint, standard)
        assert {name: count for name, count in targets.items() if count} == measured(form, items)


# --- parallel forms ---------------------------------------------------------------------------------


def items_of_many_difficulties(each=8, kind=Kind.SINGLE_CHOICE):
    return [
        Candidate(f"{kind}-{p}-{n}", kind, p, p[:2], ("L4",), Fraction(1 + 8 * n // (each - 1), 10))
        for p in (f"C{c}.{p}" for c in range(3) for p in range(3))
        for n in range(each)
    ]


def points_by(form, key):
    found = Counter()
    for section in form.sections:
        for item in section.items:
            found[key(item)] += Fraction(section.points)
    return found


def test_parallel_forms_are_equal_in_points_difficulty_and_its_spread():
    items = items_of_many_difficulties(12) + items_of_many_difficulties(12, Kind.MULTIPLE_CHOICE)
    blueprint = a_blueprint(("single_choice", 12, 1), ("multiple_choice", 6, 2))
    forms = assemble(blueprint, a_standard(), items, seed=SEED, forms=4)
    told = figures(forms, items)
    assert {one.points for one in told} == {24.0}
    for values in ([one.difficulty for one in told], [one.spread for one in told]):
        assert max(values) - min(values) <= 0.02


def test_a_spread_that_is_asked_for_is_met():
    items = items_of_many_difficulties(12)
    for asked in (0.1, 0.3):
        blueprint = a_blueprint(("single_choice", 12), difficulty=0.5, spread=asked)
        told = figures(assemble(blueprint, a_standard(), items, seed=SEED), items)[0]
        assert (told.difficulty, told.spread) == (
            pytest.approx(0.5, abs=0.02),
            pytest.approx(asked, abs=0.03),
        )


def test_targets_are_points_where_items_are_worth_different_ones():
    items = some_items(each=6) + some_items(each=6, kind=Kind.TEXT_ENTRY)
    blueprint = a_blueprint(("single_choice", 20, 2), ("text_entry", 15, 4))
    contents = {item.id: item.content for item in items}
    (form,) = assemble(blueprint, a_standard(), items, seed=SEED)
    assert points_by(form, contents.get) == {"C0": 50, "C1": 30, "C2": 20}


def test_a_form_has_the_points_of_each_band_of_difficulty():
    items = items_of_many_difficulties(10)
    difficulties = {item.id: item.difficulty for item in items}
    blueprint = a_blueprint(("single_choice", 20), bands={"easy": 20, "medium": 50, "hard": 30})
    (form,) = assemble(blueprint, a_standard(), items, seed=SEED)
    got = points_by(form, lambda item: band_of(difficulties[item]))
    assert got == band_targets(blueprint) == {"easy": 4, "medium": 10, "hard": 6}


def test_items_of_earlier_sessions_are_used_less():
    items = some_items(each=4)
    uses = {item.id: 1 for item in items if item.id.endswith(("-0", "-1"))}
    (form,) = assemble(a_blueprint(), a_standard(), items, seed=SEED, uses=uses)
    assert not {*form.items} & uses.keys()
    assert figures([form], items, uses)[0].used_before == 0


def test_two_items_that_are_enemies_of_each_other_may_each_stand_with_a_third():
    items = [replace(item, enemies=()) for item in some_items(each=3)]
    first, second, third, *others = items
    items = [
        replace(first, enemies=(second.id,)),
        second,
        replace(third, enemies=(second.id,)),
        *others,
    ]
    standard = a_standard((34, 33, 33))
    (form,) = assemble(a_blueprint(("single_choice", 26)), standard, items, seed=SEED)
    assert {first.id, third.id} <= {*form.items}
    assert second.id not in form.items


def test_no_two_forms_share_more_than_the_limit():
    items = some_items(each=3)  # 27 for four forms of ten
    forms = assemble(a_blueprint(), a_standard((34, 33, 33)), items, seed=SEED, forms=4, overlap=4)
    assert max(one.shared for one in figures(forms, items)) <= 4


def test_forms_that_only_go_together_are_found_together():
    # Ten pairs of enemies for two forms of ten that share nothing: each form needs one of each pair,
    # which the first form alone has no reason to heed.
    items = [
        Candidate(f"{c}-{n}-{side}", Kind.SINGLE_CHOICE, "C0.0", "C0", ("L4",), None, f"{n}")
        for c in "x"
        for n in range(10)
        for side in "ab"
    ]
    spare = [replace(item, id=f"s{at}", group="") for at, item in enumerate(items[:2])]
    standard = a_standard((100, 0, 0))
    forms = assemble(a_blueprint(), standard, items, seed=SEED, forms=2, overlap=0)
    assert not {*forms[0].items} & {*forms[1].items}
    forms = assemble(
        a_blueprint(("single_choice", 11)),
        standard,
        [*items, *spare],
        seed=SEED,
        forms=2,
        overlap=0,
    )
    assert len({*forms[0].items, *forms[1].items}) == 22


def test_a_limit_that_cannot_be_kept_says_what_to_add_and_what_limit_could_be():
    items = some_items(each=2)  # 18 items for two forms of 10
    with pytest.raises(InputRefused) as refused:
        assemble(a_blueprint(), a_standard((40, 30, 30)), items, seed=SEED, forms=2, overlap=0)
    assert refused.value.summary == (
        "2 forms that share 0 items at most need more items than the bank has at level L4"
    )
    assert refused.value.remedy.startswith(
        "Add items to the bank, or allow an overlap of 2; C0.0 needs 1 more item at L4: Single choice"
    )


def test_what_is_said_to_be_missing_would_meet_the_blueprint():
    items = some_items(each=1, points=2) + some_items(each=1, kind=Kind.MULTIPLE_CHOICE)
    blueprint = a_blueprint(("single_choice", 8), ("multiple_choice", 9))
    with pytest.raises(InputRefused) as refused:
        assemble(blueprint, a_standard(), items, seed=SEED)
    said = re.findall(r"(C\d\.\d) needs (\d) more items? at L4: ([^;]+)", refused.value.remedy)
    kinds = {section_title(kind)["en"]: kind for kind in Kind}
    added = [
        Candidate(f"new-{point}-{kind}-{n}", kinds[kind], point, point[:2], ("L4",))
        for point, count, kind in said
        for n in range(int(count))
    ]
    assert len(added) == 3, "no more than what is missing"
    (form,) = assemble(blueprint, a_standard(), [*items, *added], seed=SEED)
    assert len(form.items) == 17


def test_a_band_the_bank_cannot_fill_is_named_with_what_is_missing():
    items = some_items(each=5, difficulty=Fraction(3, 10))
    blueprint = a_blueprint(bands={"easy": 50, "medium": 0, "hard": 50})
    with pytest.raises(
        InputRefused, match=r"the band 'hard' needs 4 points or more .* for 0"
    ) as refused:
        assemble(blueprint, a_standard(), items, seed=SEED)
    assert "at L4 in the band 'hard'" in refused.value.remedy


def test_results_count_before_an_author_s_estimate_and_enemies_of_a_plan_go_by_the_author_s_names():
    def entry(name, difficulty):
        return ScoringEntry(
            f"sealed-{name}",
            name,
            "true_false",
            "C1.2",
            ("L4",),
            {},
            ItemRules(name, ()),
            difficulty,
        )

    one, two = index_of(
        [entry("a", 250), entry("b", None)], a_standard(), {"a": Fraction(1, 3)}, [("a", "b")]
    )
    assert (one.difficulty, two.difficulty) == (Fraction(1, 3), None)
    assert (one.enemies, two.enemies) == (("sealed-b",), ("sealed-a",))


def test_a_plan_may_name_a_template_for_all_its_variants():
    entries = [a_scoring_entry(0), a_scoring_entry(1, "T", 1), a_scoring_entry(2, "T", 2)]
    alone, one, two = index_of(entries, a_standard(), None, [("alone-0", "T")])
    assert alone.enemies == ("T-1", "T-2")
    assert one.enemies == two.enemies == ("alone-0",)
