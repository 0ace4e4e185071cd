"""A seed gives a variant, the same one always; what a template may not say is refused by place."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring.rules import Expression, OutcomeDeclaration, ResponseDeclaration
from kiosk.scoring.template_rules import (
    Constraint,
    ExitTemplate,
    ItemTemplate,
    SetCorrect,
    SetDefault,
    SetTemplate,
    TemplateBranch,
    TemplateCondition,
    TemplateDeclaration,
    TemplateRule,
)
from kiosk.scoring.templates import (
    MAX_ATTEMPTS,
    Drawn,
    compile_template,
    draw,
    stands,
    variant_seed,
)
from kiosk.scoring.values import Bag, Row
from tests.scoring.evaluating import number, op, var, whole, words, yes

SEED = bytes(range(32))
RESPONSE = ResponseDeclaration("RESPONSE", "single", "float")
SCORE = OutcomeDeclaration("SCORE", "single", "float")
DECLARED = (
    TemplateDeclaration("A", "single", "integer"),
    TemplateDeclaration("B", "single", "float", ("0.5",)),
    TemplateDeclaration("WHO", "single", "string"),
    TemplateDeclaration("MANY", "ordered", "integer"),
)
NULL = op("null")


def a_template(*rules: TemplateRule) -> ItemTemplate:
    return ItemTemplate("item", DECLARED, rules)


def drawn(*rules: TemplateRule, seed: bytes = SEED) -> Drawn:
    template = a_template(*rules)
    compile_template(template, (RESPONSE,), (SCORE,))
    return draw(template, seed)


def between(low: int, high: int, **more: str) -> Expression:
    return op("random-integer", min=str(low), max=str(high), **more)


def test_a_variants_seed_is_what_the_documents_say() -> None:
    """docs/formats.md: anybody may derive it."""
    told = hashlib.sha256(b"kiosk/template/1" + SEED + b"\0\0\0\7" + "项".encode()).digest()
    assert variant_seed(SEED, "项", 7) == told


def test_a_seed_of_another_length_is_refused() -> None:
    """Else the bytes of seed and number could be told apart in two ways."""
    with pytest.raises(InputRefused):
        variant_seed(b"short", "item", 1)


@given(st.binary(min_size=32, max_size=32))
def test_one_seed_gives_one_variant(seed: bytes) -> None:
    rules = (
        SetTemplate("A", between(1, 1000)),
        SetTemplate("B", op("random-float", min="0", max="1")),
        SetTemplate("WHO", op("random", op("multiple", words("x"), words("y"), words("z")))),
    )
    one = drawn(*rules, seed=seed)
    assert one == drawn(*rules, seed=seed)
    assert 1 <= one.values["A"] <= 1000
    assert 0 <= one.values["B"] <= 1
    assert one.values["WHO"] in ("x", "y", "z")


def test_another_number_or_item_gives_another_seed() -> None:
    seeds = {variant_seed(SEED, item, n) for item in ("a", "b") for n in range(1, 50)}
    assert len(seeds) == 98


def test_variables_begin_with_their_defaults_and_may_use_one_another() -> None:
    found = drawn(
        SetTemplate("A", between(5, 5)),
        SetTemplate("B", op("sum", var("A"), op("default", identifier="B"))),
    )
    assert found.values == {"A": 5, "B": Fraction(11, 2), "WHO": None, "MANY": None}


def test_keys_and_defaults_are_set_exactly() -> None:
    found = drawn(
        SetCorrect("RESPONSE", op("divide", whole(40), whole(3))),
        SetDefault("RESPONSE", number(1)),
        SetDefault("SCORE", number("0.25")),
    )
    assert found.correct == {"RESPONSE": Fraction(40, 3)}
    assert found.defaults == {"RESPONSE": 1, "SCORE": Fraction(1, 4)}


def test_the_first_arm_whose_test_is_true_acts_alone() -> None:
    def arms(value: int) -> TemplateCondition:
        return TemplateCondition(
            (
                TemplateBranch(
                    op("match", var("A"), whole(1)), (SetTemplate("WHO", words("one")),)
                ),
                TemplateBranch(op("gt", var("A"), whole(1)), (SetTemplate("WHO", words("more")),)),
                TemplateBranch(None, (SetTemplate("WHO", words("less")),)),
            )
        )

    for value, said in ((1, "one"), (2, "more"), (0, "less")):
        assert drawn(SetTemplate("A", whole(value)), arms(value)).values["WHO"] == said


def test_exit_ends_the_template_also_from_within_a_condition() -> None:
    leave = TemplateCondition((TemplateBranch(yes(), (ExitTemplate(),)),))
    assert drawn(leave, SetTemplate("A", whole(1))).values["A"] is None


@given(st.integers(1, 200))
def test_a_constraint_holds_in_every_variant(number_of: int) -> None:
    found = drawn(
        SetCorrect("RESPONSE", number(1)),
        SetTemplate("A", between(1, 20)),
        Constraint(op("gt", var("A"), whole(18))),
        seed=variant_seed(SEED, "item", number_of),
    )
    assert found.values["A"] in (19, 20)


def test_what_was_set_before_a_failed_constraint_is_forgotten() -> None:
    """B keeps its default unless the last draw set it."""
    rules = (
        SetTemplate("A", between(1, 10)),
        TemplateCondition(
            (
                TemplateBranch(
                    op("lt", var("A"), whole(9)),
                    (SetTemplate("B", number(9)), SetCorrect("RESPONSE", number(9))),
                ),
            )
        ),
        Constraint(op("gte", var("A"), whole(9))),
    )
    for n in range(1, 30):
        found = drawn(*rules, seed=variant_seed(SEED, "item", n))
        assert (found.values["B"], found.correct) == (Fraction(1, 2), {})


@pytest.mark.parametrize("test", [op("gt", whole(1), whole(2)), NULL])
def test_a_constraint_that_is_never_met_is_refused_by_name(test: Expression) -> None:
    with pytest.raises(InputRefused) as refused:
        drawn(Constraint(test))
    assert str(MAX_ATTEMPTS) in refused.value.summary
    assert refused.value.where == "item"


def test_a_key_that_comes_to_nothing_is_refused() -> None:
    with pytest.raises(InputRefused) as refused:
        drawn(SetCorrect("RESPONSE", op("divide", whole(1), whole(0))))
    assert "'RESPONSE' comes to no value" in refused.value.summary


def test_a_key_may_be_taken_away_on_purpose() -> None:
    assert drawn(SetCorrect("RESPONSE", NULL)).correct == {"RESPONSE": None}


def test_repeat_draws_anew_each_time() -> None:
    many = drawn(SetTemplate("MANY", op("repeat", between(1, 10**9), number_repeats="50")))
    assert isinstance(many.values["MANY"], Row)
    assert len(set(many.values["MANY"].values)) == 50


def test_a_variable_may_say_how_often() -> None:
    found = drawn(
        SetTemplate("A", whole(3)), SetTemplate("MANY", op("repeat", whole(7), number_repeats="A"))
    )
    assert found.values["MANY"] == Row((7, 7, 7))


def test_work_without_end_is_refused() -> None:
    heavy = op("repeat", *[between(1, 2)] * 50, number_repeats="1000")
    with pytest.raises(InputRefused) as refused:
        drawn(*[SetTemplate("MANY", heavy)] * 100)
    assert "steps" in refused.value.summary


REFUSED = [
    (SetTemplate("C", whole(1)), "item: rule 1", "no template variable 'C'"),
    (SetTemplate("A", number("0.5")), "item: rule 1", "does not fit the variable 'A'"),
    (SetTemplate("WHO", var("RESPONSE")), "item: rule 1 / variable", "no variable 'RESPONSE'"),
    (SetCorrect("OTHER", whole(1)), "item: rule 1", "no response 'OTHER'"),
    (SetCorrect("RESPONSE", words("x")), "item: rule 1", "does not fit the response 'RESPONSE'"),
    (SetDefault("A", whole(1)), "item: rule 1", "no response or outcome 'A'"),
    (SetDefault("SCORE", words("x")), "item: rule 1", "does not fit 'SCORE'"),
    (Constraint(whole(1)), "item: rule 1", "true or false"),
    (TemplateCondition((TemplateBranch(None),)), "item: rule 1.1", "an else stands last"),
    (TemplateCondition((TemplateBranch(whole(1)),)), "item: rule 1.1", "true or false"),
    (
        TemplateCondition((TemplateBranch(yes(), (Constraint(yes()),)),)),
        "item: rule 1.1.1",
        "outside of conditions",
    ),
    (SetTemplate("A", op("custom-operator")), "item: rule 1 / custom-operator", "not supported"),
    (SetTemplate("B", op("map-response", identifier="B")), "item: rule 1 / map-response", "mapping"),
    (SetTemplate("B", op("correct", identifier="B")), "item: rule 1 / correct", "correct"),
    (
        SetTemplate("MANY", op("repeat", op("repeat", whole(1), number_repeats="A"),
                               number_repeats="2")),
        "item: rule 1 / repeat",
        "more than 1000 times",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "where", "why"), REFUSED)
def test_what_a_template_may_not_say_is_refused_by_place(
    rule: TemplateRule, where: str, why: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        compile_template(a_template(rule), (RESPONSE,), (SCORE,))
    assert refused.value.where == where
    assert why in refused.value.summary


@pytest.mark.parametrize(
    ("declaration", "why"),
    [
        (TemplateDeclaration("RESPONSE", "single", "float"), "declared twice"),
        (TemplateDeclaration("A", "single", "float"), "declared twice"),
        (TemplateDeclaration("F", "single", "file"), "not supported"),
        (TemplateDeclaration("R", "record", "string"), "not supported"),
        (TemplateDeclaration("N", "single", "integer", ("1.5",)), "not a whole number"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(
    declaration: TemplateDeclaration, why: str
) -> None:
    template = ItemTemplate("item", (*DECLARED, declaration))
    with pytest.raises(InputRefused) as refused:
        compile_template(template, (RESPONSE,), (SCORE,))
    assert why in refused.value.summary
    assert refused.value.where == f"item: {declaration.id}"


def test_what_belongs_to_a_variant_is_told_by_its_name() -> None:
    values = {"ONE": "x", "TWO": Bag(("x", "y")), "NONE": None}
    assert stands(values, "ONE", "x")
    assert not stands(values, "ONE", "y")
    assert stands(values, "TWO", "y")
    assert not stands(values, "NONE", "x")
