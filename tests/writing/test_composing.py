"""Pinyin becomes words by the real engine, pages by digits, and nothing of it stays anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import KioskError
from kiosk.writing import engine as engines
from kiosk.writing.composing import MOST_ON_A_PAGE, Composer, punctuation
from kiosk.writing.engine import Engine, engine


@pytest.fixture
def composer():
    return Composer(engine())


def spell(composer, letters):
    assert all(composer.spell(letter) for letter in letters)
    return composer.spelling


def pages(composer, letters, most=8):
    spell(composer, letters)
    found = []
    for _ in range(most):
        found += composer.spelling.words
        composer.turn(forward=True)
    return found


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ("cuiqu", "萃取"),
        ("xitu", "稀土"),
        ("dianjie", "电解"),
        ("yangji", "阳极"),
        ("fuhuawu", "氟化物"),
        ("yanghuayi", "氧化钇"),
        ("shouxianguanbifamen", "首先关闭阀门"),
        ("xi'an", "西安"),
        ("lvse", "绿色"),
        ("zgrm", "中国人民"),
    ],
)
def test_words_of_the_trade_are_on_the_first_page(composer, letters, word):
    assert word in spell(composer, letters).words


@pytest.mark.parametrize(
    ("letters", "character"),
    [("zhe", "喆"), ("kun", "堃"), ("jun", "珺"), ("yue", "玥"), ("yun", "赟")],
)
def test_rare_characters_of_names_are_a_few_pages_away(composer, letters, character):
    assert character in pages(composer, letters)


def test_only_simplified_characters_are_offered(composer):
    assert not set("綠電劑氣") & set("".join(pages(composer, "lvdianjiqi")))


def test_a_part_is_chosen_and_the_rest_goes_on(composer):
    words = spell(composer, "cuiquji").words
    assert composer.choose(words.index("萃取")) == ""
    assert composer.spelling.letters == "萃取ji"
    words = composer.spelling.words
    assert composer.choose(words.index("级")) == "萃取级"
    assert not composer.busy
    assert composer.spelling.words == ()


def test_rubbing_out_takes_back_the_choice_and_then_the_letters(composer):
    words = spell(composer, "cuiquji").words
    composer.choose(words.index("萃取"))
    composer.rub_out()
    assert composer.spelling.letters == "cui quji"
    for _ in "cuiquji":
        composer.rub_out()
    assert not composer.busy


def test_letters_that_are_not_chosen_stay_letters(composer):
    words = spell(composer, "cuiquji").words
    composer.choose(words.index("萃取"))
    assert composer.as_spelled() == "萃取ji"
    assert not composer.busy
    spell(composer, "iuuu")
    assert composer.spelling.words == ()
    assert composer.choose_all() == "iuuu"


def test_what_fits_less_is_paged_so_that_no_word_is_passed_over(composer):
    spell(composer, "shi")
    whole = []
    for _ in range(4):
        whole += composer.spelling.words
        composer.turn(forward=True)
    composer.drop()
    spell(composer, "shi")
    found = []
    while len(found) < len(whole):
        composer.fit(4)
        found += composer.spelling.words
        composer.turn(forward=True)
    assert found[: len(whole)] == whole
    composer.turn(forward=False)
    composer.fit(4)
    assert composer.spelling.words[0] == whole[len(found) - 4]


def test_a_sign_that_is_no_letter_changes_nothing(composer):
    spell(composer, "cui")
    for sign in "1A é,":
        assert not composer.spell(sign)
    assert composer.spelling.letters == "cui"


@given(st.lists(st.sampled_from([*"aeiounghzsxq'", "rub", "0", "3", "next", "before", "all"])))
@settings(deadline=None, max_examples=60)
def test_whatever_is_pressed_letters_become_text_or_are_still_there(steps):
    composer = Composer(engine())
    for step in steps:
        before = composer.spelling.letters
        match step:
            case "rub":
                composer.rub_out()
            case "next" | "before":
                composer.turn(forward=step == "next")
                assert composer.spelling.letters == before
            case "all":
                assert bool(composer.choose_all()) == bool(before.strip("'"))
                assert not composer.busy
            case "0" | "3":
                text = composer.choose(int(step))
                assert text is None or text or composer.busy
            case letter:
                composer.spell(letter)
        assert len(composer.spelling.words) <= MOST_ON_A_PAGE


@pytest.mark.parametrize(
    ("typed", "before", "shown"),
    [
        (",", "萃取", "，"),
        (".", "", "。"),
        (".", "12", "."),
        (",", "1", ","),
        ('"', "", "“"),
        ('"', "“萃取", "”"),
        ("\\", "铁", "、"),
        ("+", "", "+"),
        ("%", "5", "%"),
    ],
)
def test_signs_become_chinese_ones_but_not_within_numbers(typed, before, shown):
    assert punctuation(typed, before) == shown


def test_a_missing_engine_is_said_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "DICTIONARIES", tmp_path)
    with pytest.raises(KioskError, match="not installed") as said:
        Engine()
    assert "librime1" in said.value.remedy
    monkeypatch.undo()
    monkeypatch.setattr(engines, "LIBRARY", "libnotthere.so.1")
    with pytest.raises(KioskError, match="not installed"):
        Engine()


def test_nothing_is_written_and_nothing_is_learned(tmp_path):
    """A process whose every folder is new types a word often; no file comes, and no rank changes."""
    program = """
from kiosk.writing.composing import Composer
from kiosk.writing.engine import engine
composer = Composer(engine())
def words():
    for letter in "yangji":
        composer.spell(letter)
    return composer.spelling.words
before = words()
last = len(before) - 1
for _ in range(20):
    composer.choose_all() if composer.choose(last) == "" else None
    words()
    if composer.spelling.words != before:
        raise SystemExit("it learns")
    composer.drop()
    words()
"""
    environment = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
    assert not Path("/nonexistent").exists()
