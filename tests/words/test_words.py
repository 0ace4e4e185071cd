"""Every sentence of the programs is said in both languages."""

import ast
import gc
import io
import re
import subprocess
import sys
import time
from functools import lru_cache
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kiosk import words
from kiosk.errors import KioskError
from kiosk.words import explain, language_of, listed, ntext, read_catalogue, text
from kiosk.words.extract import FOLDER, PACKAGE, home, load, save, sentences, update

_of_the_programs = lru_cache(maxsize=1)(sentences)


def all_messages():
    return [(domain, m) for domain, catalogue in load().items() for m in catalogue if m.id]


def forms(strings):
    return [strings] if isinstance(strings, str) else list(strings)


def places(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_can_be_found_in_the_code():
    said, faults = _of_the_programs()
    assert said
    assert faults == []


def test_every_sentence_is_in_a_catalogue_and_no_other_one_is():
    said, _ = _of_the_programs()
    changes = update(load(), said)
    assert not changes, "\n".join(["run `make words`, then translate what is new:", *changes])


def test_every_sentence_has_its_chinese():
    missing = [
        f"{domain}.po: {m.id}" for domain, m in all_messages() if not any(forms(m.string or ""))
    ]
    assert not missing, "\n".join(["these have no Chinese yet:", *missing])


def test_no_translation_is_a_guess():
    assert [f"{domain}.po: {m.id}" for domain, m in all_messages() if m.fuzzy] == []


def test_a_translation_fills_the_same_places_as_its_sentence():
    wrong = [
        f"{domain}.po: {m.id}: {m.string}"
        for domain, m in all_messages()
        if any(forms(m.string))
        # Chinese has one form for all numbers: it fills what the plural fills.
        and places(forms(m.string)[0]) != places(forms(m.id)[-1])
    ]
    assert wrong == []


def test_a_sentence_in_two_catalogues_has_one_translation():
    seen = {}
    for domain, message in all_messages():
        one, chinese = forms(message.id)[0], forms(message.string)[0]
        other, known = seen.setdefault(one, (domain, chinese))
        assert chinese == known, f"{one!r} differs between {other}.po and {domain}.po"


def test_a_sentence_has_one_plural_wherever_it_is_said():
    plural = {}
    for said in _of_the_programs()[0]:
        assert plural.setdefault(said.one, said.many) == said.many, said


def test_the_programs_read_a_catalogue_as_babel_does():
    for domain, catalogue in load().items():
        expected = {
            forms(m.id)[0]: forms(m.string)[0] for m in catalogue if m.id and any(forms(m.string))
        }
        assert read_catalogue((FOLDER / f"{domain}.po").read_text("utf-8")) == expected


def test_long_and_odd_sentences_survive_a_catalogue(tmp_path):
    odd = {
        'a "quoted" \\ sentence\nof two lines\t': '"引号" \\ 与\n换行\t',
        "word " * 60: "字" * 300,
        'ends in a quote "': '" 开头',
        ("one thing", "{n} things"): ("{n} 件",),
    }
    catalogue = Catalog(locale="zh_CN")
    for english, chinese in odd.items():
        catalogue.add(english, chinese)
    save({"odd": catalogue}, tmp_path)
    assert read_catalogue((tmp_path / "odd.po").read_text("utf-8")) == {
        forms(english)[0]: forms(chinese)[0] for english, chinese in odd.items()
    }


def test_updating_keeps_translations_and_takes_out_what_is_no_longer_said(tmp_path):
    package = tmp_path / "kiosk"
    for program, code in {
        "terminal": 'text("Kept", lang)\ntext("New", lang)\ntext("Both", lang)',
        "proctor": 'words.text("Both", lang)\nntext("{n} seat", "{n} seats", 2, lang)',
    }.items():
        (package / program).mkdir(parents=True)
        (package / program / "screen.py").write_text(
            f"from kiosk import words\nfrom kiosk.words import ntext, text\n{code}\n"
        )
    catalogues = load(tmp_path / "none yet")
    catalogues["common"].add("Kept", "留")
    catalogues["common"].add("Gone", "去")
    said, faults = sentences(package)
    changes = update(catalogues, said)
    assert faults == []
    assert changes == [
        "common: out: Gone",
        "common: new: Both",
        "terminal: new: New",
        "proctor: new: {n} seat",
    ]
    assert catalogues["common"]["Kept"].string == "留"
    assert "Gone" not in catalogues["common"]
    assert "New" in catalogues["terminal"]
    assert "Both" in catalogues["common"]
    assert catalogues["proctor"]["{n} seat"].id == ("{n} seat", "{n} seats")
    assert update(catalogues, said) == []


@pytest.mark.parametrize(
    "call", ['text(f"Seat {seat}", lang)', "mark(name)", 'ntext("one", many, 2, lang)']
)
def test_a_sentence_that_cannot_be_found_is_named(tmp_path, call):
    (tmp_path / "screen.py").write_text(f"from kiosk.words import mark, ntext, text\n{call}\n")
    _, faults = sentences(tmp_path)
    assert len(faults) == 1
    assert "screen.py:2" in faults[0]


def test_templates_say_sentences_like_the_code(tmp_path):
    (tmp_path / "page.html").write_text(
        '<p title="{{ text(\'Over {n}\', n=2) }}">{{ ntext("{n} seat", "{n} seats", n) }}\n'
        "{{ text(state) }}{{ ntext(one, many, 2) }}{{ other('not ours') }}"
    )
    said, faults = sentences(tmp_path)
    assert [one.key for one in said] == ["Over {n}", ("{n} seat", "{n} seats")]
    assert len(faults) == 1
    assert "page.html:2: ntext()" in faults[0]


def test_functions_of_other_modules_say_nothing(tmp_path):
    (tmp_path / "screen.py").write_text('from elsewhere import text\ntext("x")\nbox.text("y")\n')
    assert sentences(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("files", "domain"),
    [
        (["kiosk/terminal/screens/exam.py"], "terminal"),
        (["kiosk/terminal/flow.py", "kiosk/proctor/desk.py"], "common"),
        (["kiosk/rehearsal/demo.py", "kiosk/cli/demo.py"], "cli"),
        (["kiosk/ui/qr.py"], "common"),
        (["kiosk/errors.py"], "common"),
    ],
)
def test_a_sentence_lives_with_the_program_that_says_it(files, domain):
    assert home(files) == domain


@pytest.mark.parametrize(
    ("n", "lang", "expected"),
    [(1, "en", "1 seat"), (0, "en", "0 seats"), (2, "en", "2 seats"), (1, "zh-CN", "{n} 台")],
)
def test_the_number_chooses_the_form(monkeypatch, n, lang, expected):
    monkeypatch.setattr(words, "catalogue", lambda: {"{n} seat": "{n} 台"})
    assert ntext("{n} seat", "{n} seats", n, lang) == expected.format(n=n)


def test_what_is_not_translated_is_said_in_english():
    assert text("Never said in any {place}", "zh-CN", place="room") == "Never said in any room"


def test_values_are_taken_as_they_are():
    assert text("Seat {seat}", "en", seat="{0.__class__}") == "Seat {0.__class__}"


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", "b.bank: 3 bytes changed. Copy b again"), ("zh-CN", "b.bank：变了 3 个字节。再复制 b")],
)
def test_an_error_is_told_in_the_readers_language(monkeypatch, lang, expected):
    chinese = {"{n} bytes changed": "变了 {n} 个字节", "Copy {name} again": "再复制 {name}"}
    monkeypatch.setattr(words, "catalogue", lambda: chinese)
    error = KioskError(
        "{n} bytes changed", where="b.bank", remedy="Copy {name} again", n=3, name="b"
    )
    assert explain(error, lang) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", "Spare: T1, T2, not T3; T4"), ("zh-CN", "备用：T1、T2，不含T3；T4")],
)
def test_several_values_are_said_as_the_list_of_the_language(monkeypatch, lang, expected):
    sentence = "Spare: {some}, not {others}"
    monkeypatch.setattr(words, "catalogue", lambda: {sentence: "备用：{some}，不含{others}"})
    others = listed(["T3", "T4"], lang, "; ")
    assert text(sentence, lang, some=("T1", "T2"), others=others) == expected
    error = KioskError(sentence, some=["T1", "T2"], others="T3; T4")
    assert str(error) == "Spare: T1, T2, not T3; T4"
    assert explain(error, lang) == expected.replace("；", "; ")


def test_no_sentence_is_given_a_list_that_is_english_already():
    """A list that fills a place is given as it is: which sign stands between is the language's."""
    joined = [
        f"{path.name}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and not any(isinstance(one, ast.Constant) and one.value == "en" for one in node.args)
        for given in node.keywords
        if given.arg not in (None, "help") and "', '.join(" in ast.unparse(given.value)
    ]
    joined += [
        f"{path.name}: {call}"
        for path in sorted(PACKAGE.rglob("*.html"))
        for call in re.findall(r'text\([^{}]*join\(", "\)', path.read_text("utf-8"))
    ]
    assert joined == []


_OF_PROGRAMS = {"line.py", "uploads.py"}
"""What the station's modules of these names say, a terminal's program hears."""


@pytest.mark.parametrize("program", ["station", "proctor"])
def test_every_error_of_a_program_with_people_before_it_can_be_said_in_their_language(program):
    kinds = {"KioskError", "InputRefused", "NotPermitted", "NotThere", "StorageFault"}
    english = [
        f"{path.name}:{node.lineno}"
        for path in sorted((PACKAGE / program).rglob("*.py"))
        if path.name not in _OF_PROGRAMS
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds
        for said in (*node.args[:1], *(one.value for one in node.keywords if one.arg == "remedy"))
        if isinstance(said, ast.JoinedStr | ast.Constant)
    ]
    assert english == []


def test_an_error_that_says_no_more_ends_there():
    assert explain(KioskError("the disk {is full}"), "en") == "the disk {is full}"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="zh-TW"):
        text("Overview", "zh-TW")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh_CN.UTF-8", "zh-CN"), ("zh-Hans", "zh-CN"), ("C", "en"), ("en_GB", "en"), ("", "en")],
)
def test_a_language_is_chosen_by_the_systems_tag(tag, language):
    assert language_of(tag) == language


def test_a_catalogue_is_read_four_times_as_fast_as_babel_reads_it():
    entry = (
        '#: kiosk/terminal/screens/exam.py\nmsgid "Sentence {}"\nmsgstr "第 {} 句话，请举手"\n\n'
    )
    source = "".join(entry.replace("{}", str(n)) for n in range(1000))
    gc.collect()
    best = min(_seconds(read_catalogue, source) for _ in range(10))
    assert len(read_catalogue(source)) == 1000
    assert best * 4 < min(_seconds(read_po, io.BytesIO(source.encode())) for _ in range(2))


def _seconds(function, argument):
    start = time.thread_time()
    function(argument)
    return time.thread_time() - start


def test_saying_a_sentence_needs_neither_qt_nor_babel():
    code = (
        "import sys; from kiosk.words import text; text('Overview', 'zh-CN');"
        "print([m for m in ('babel', 'PySide6', 'gettext') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
