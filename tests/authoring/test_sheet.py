"""Question tables: what people write in a spreadsheet is understood, or its row says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Kind, Match
from kiosk.authoring.foreign.example import example_table, example_workbook
from kiosk.authoring.foreign.sheet import read_sheet
from kiosk.authoring.importing import import_sources
from tests.authoring.foreign import Taken, a_workbook, whole_or_said

HEADER = ["编号", "题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "等级", "难度"]


def a_row(kind: str, key: object, stem: str = "哪一项？", **more: str) -> list[object]:
    options = ["盐酸", "煤油", "氨水", "草酸"] if "选" in kind else [""] * 4
    return [more.get("id", ""), kind, stem, *options, key, more.get("level", ""),
            more.get("difficulty", "")]  # fmt: skip


def arranged(kind: str, key: str) -> list[object]:
    return [*a_row("选", key)[:1], kind, *a_row("选", key)[2:]]


def taken(folder: Path, *rows: list[object], merged: tuple[str, ...] = ()) -> Taken:
    return Taken(folder, "t.xlsx", a_workbook([HEADER, *rows], *merged))


@pytest.mark.parametrize("table", [example_workbook, example_table])
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_example_comes_in_whole_in_both_languages(
    lang: str, table: Callable[[str], bytes], tmp_path: Path
) -> None:
    found = Taken(tmp_path, "example.bin", table(lang))
    assert (found.found.imported, found.found.refused, found.notes) == (16, (), "")
    assert found.all_keys_score_full()
    assert [set(one.item.texts) for one in found.items.values()] == [{"zh-CN", "en"}] * 8
    about = found.items["EX-2"].about
    assert (about.knowledge_point, about.levels, about.difficulty) == ("KP-02", ("L5", "L4"), 500)


@pytest.mark.parametrize("key", ["ABD", "Ａ、Ｂ、Ｄ", "a,b,d", "A B D", "Ａ，Ｂ；Ｄ", "DBA"])
def test_keys_of_several_letters_are_understood(key: str, tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("多选题", key))
    (item,) = found.items.values()
    assert item.item.kind is Kind.MULTIPLE_CHOICE
    assert found.score("t-2", "A", "B", "D") == 1
    assert found.score("t-2", "A", "B") == 0


@pytest.mark.parametrize("key", ["对", "正确", "√", "✓", "T", "ｔｒｕｅ", True, "Y"])
def test_true_is_understood(key: object, tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("判断", key))
    assert found.items["t-2"].item.kind is Kind.TRUE_FALSE
    assert found.score("t-2", "true") == 1


@pytest.mark.parametrize("key", ["错", "错误", "×", "✗", "F", "False", False, "Ｆ"])
def test_false_is_understood(key: object, tmp_path: Path) -> None:
    assert taken(tmp_path, a_row("判断题", key)).score("t-2", "false") == 1


def test_blanks_take_equivalents_and_numbers_a_tolerance(tmp_path: Path) -> None:
    found = taken(
        tmp_path,
        a_row("填空", "铈｜Ce", "元素____。", id="one"),
        a_row("填空", "镧|La；铈|Ce", "先____后（ ）。", id="two"),
        a_row("计算", "３.5±0.1", "得____。", id="number"),
        a_row("计算", 2.5, "得多少？", id="plain"),
    )
    assert found.all_keys_score_full()
    assert found.score("one", "ce") == 1
    assert found.score("two", RESPONSE1="La", RESPONSE2="La") == 0.5
    assert (found.score("number", "3.6"), found.score("number", "3.61")) == (1, 0)
    assert plain_text(found.items["two"].item.texts["zh-CN"].body) == "先___后___。"


@pytest.mark.parametrize("mark", ["．", ".", "、", "）", ": "])
def test_letters_that_all_options_begin_with_are_left_out(mark: str, tmp_path: Path) -> None:
    lettered = [f"Ａ{mark}盐酸", f"B{mark}煤油", f"Ｃ{mark}氨水", f"D{mark}草酸"]
    some = ["A.盐酸", "煤油", "氨水", "草酸"]
    rows = [["", "单选", "哪一项？", *options, "Ａ", "", ""] for options in (lettered, some)]
    found = taken(tmp_path, *rows)
    shown = [
        [plain_text(said) for said in one.item.texts["zh-CN"].choices["RESPONSE"].values()]
        for one in found.items.values()
    ]
    assert shown == [["盐酸", "煤油", "氨水", "草酸"], some]


@pytest.mark.parametrize(("key", "right"), [("A", "true"), ("Ｂ", "false"), ("F", "false")])
def test_a_letter_names_true_or_false_where_these_are_options(
    key: str, right: str, tmp_path: Path
) -> None:
    found = taken(tmp_path, ["", "判断", "酸能反萃。", "A. 正确", "B. 错误", "", "", key, "", ""])
    (one,) = found.items.values()
    assert one.rules.responses[0].correct == (right,)


@pytest.mark.parametrize("key", ["A-C B-D", "Ａ－Ｃ、Ｂ－Ｄ", "a→c; b→d"])
def test_pairs_are_left_and_right_and_each_earns_its_share(key: str, tmp_path: Path) -> None:
    found = taken(tmp_path, arranged("连线题", key), arranged("匹配", "A-C"))
    assert found.all_keys_score_full()
    assert found.score("t-2", "S1 T1") == 0.5
    (match,) = found.items["t-3"].item.interactions
    assert isinstance(match, Match)
    assert len(match.targets) == 3


def test_an_order_is_right_as_a_whole(tmp_path: Path) -> None:
    found = taken(tmp_path, arranged("排序", "CＡ、BD"))
    assert found.all_keys_score_full()
    (declared,) = found.items["t-2"].rules.responses
    assert declared.correct
    texts = found.items["t-2"].item.texts["zh-CN"].choices["RESPONSE"]
    assert [plain_text(texts[name]) for name in declared.correct] == [
        "氨水",
        "盐酸",
        "煤油",
        "草酸",
    ]
    assert found.score("t-2", *reversed(declared.correct)) == 0


def test_an_essay_keeps_what_its_markers_look_for_from_the_candidate(tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("简答", "两个原因"))
    assert found.items["t-2"].item.kind is Kind.EXTENDED_TEXT
    assert "两个原因" in (found.bank / "items" / "t-2.zh-CN.xml").read_text("utf-8")
    assert "两个原因" not in repr(found.items["t-2"].item)


def test_levels_and_difficulty_go_by_their_names(tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("单选", "A", level="初级工、四级/中级工", difficulty="较难"))
    about = found.items["t-2"].about
    assert (about.levels, about.difficulty) == (("L5", "L4"), 700)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (a_row("单选", "AB"), "is it multiple?"),
        (a_row("单选", "E"), "names E"),
        (a_row("多选", "AAB"), "not letters of options"),
        (a_row("判断", "也许"), "neither true nor false"),
        (a_row("单选", ""), "the key is missing"),
        (a_row("单选", "A", stem=""), "no text"),
        (a_row("画图", "A"), "type '画图' is not known"),
        (a_row("单选连线", "A-C"), "is not known"),
        (arranged("连线", "AB"), "'AB' is not pairs"),
        (arranged("连线", "A-B,B-C"), "B stands on both sides"),
        (arranged("连线", "A-E"), "names E"),
        (arranged("排序", "ABC"), "not every option once"),
        (arranged("排序", "ABCDA"), "not every option once"),
        (a_row("计算", "很多"), "not a number"),
        (a_row("填空", "a;b;c", "____和____"), "2 blanks but 3 keys"),
        (a_row("单选", "A", level="九级"), "level '九级'"),
        (a_row("单选", "A", difficulty="9"), "difficulty '9'"),
        (a_row("单选", '=CONCAT("A","B")'), "'答案': a formula stands here"),
        (a_row("单选", "A", stem="a\ue000b"), "control characters"),
    ],
    ids=range(19),
)
def test_a_faulty_row_says_its_number_and_what_to_do(
    row: list[object], said: str, tmp_path: Path
) -> None:
    found = taken(tmp_path, a_row("单选", "A"), row)
    assert set(found.items) == {"t-2"}
    (reason,) = found.refused.values()
    assert reason.startswith("row 3: ")
    assert said in reason


def test_merged_cells_refuse_the_rows_they_cover(tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("单选", "A"), a_row("单选", "B"), merged=("C2:C3",))
    assert set(found.items) == {"t-2"}
    assert "merged" in found.refused["t-3"]


def test_a_row_in_two_languages_is_refused_whole(tmp_path: Path) -> None:
    header = [*HEADER[:3], "题干(英文)", *HEADER[3:], "选项A（英文）"]
    row = a_row("单选", "B")
    found = Taken(tmp_path, "t.xlsx", a_workbook([header, [*row[:3], "Which?", *row[3:], "acid"]]))
    assert found.found.imported == 0
    assert "names B" in found.refused["t-2"]


def test_columns_that_are_not_known_are_named(tmp_path: Path) -> None:
    found = Taken(tmp_path, "t.csv", "题型,题干,答案,分值\n判断,水是湿的,对,2\n".encode("gb18030"))
    assert set(found.items) == {"t-2"}
    assert "'分值' is not known" in found.notes


def test_a_table_without_keys_is_refused_with_the_example(tmp_path: Path) -> None:
    found = Taken(tmp_path, "t.csv", "题型,题干\n判断,水是湿的\n".encode())
    assert "no column for: key" in found.found.refused[0].reason


def test_one_identifier_twice_is_said(tmp_path: Path) -> None:
    found = taken(tmp_path, a_row("单选", "A", id="X"), a_row("单选", "B", id="X"))
    assert set(found.items) == {"X", "X-2"}
    assert "the name 'X' is taken" in found.notes


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["单选", "多选", "判断", "填空", "计算", "连线", "排序", "简答", "？"]),
            st.text(alphabet="题____（ ）<&\ue000|;", max_size=12),
            st.text(alphabet="ABCDＡＢ对错√×;|1.5±、-", max_size=6),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_row_stumbles(rows: list[tuple[str, str, str]]) -> None:
    lines = ["题型\t题干\t答案\t选项A\t选项B", *("\t".join((*row, "甲", "乙")) for row in rows)]
    for draft in read_sheet("\n".join(lines).encode(), "t.csv", "t"):
        assert whole_or_said(draft)


def test_a_row_is_refused_in_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(a_workbook([HEADER, a_row("单选", "=A1")]))
    found = import_sources([path], tmp_path / "bank", lang="zh-CN", say="zh-CN")
    assert found.refused[0].reason == (
        "第 2 行：“答案”列：此处是公式，不是值；请复制该列，再以“仅值”粘贴"
    )
