"""The words of the question table: names of columns and of what stands in them, in both languages.

Everything is compared in one form (`folded`): full-width letters and digits as plain ones, without
case and without blanks at the ends.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from msgspec import Struct

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Of each column: its Chinese names, then its English ones; the first of each stands in the example.
COLUMN_WORDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "id": (("编号", "题号", "序号"), ("id", "identifier", "number")),
    "type": (("题型", "题目类型", "试题类型"), ("type", "question type")),
    "stem": (("题干", "题目", "试题", "题目内容"), ("stem", "question")),
    "key": (("答案", "正确答案", "标准答案", "参考答案"), ("key", "answer", "correct answer")),
    "tolerance": (("误差", "允许误差"), ("tolerance",)),
    "knowledge_point": (("知识点", "鉴定点", "鉴定点代码"), ("knowledge point",)),
    "level": (("等级", "级别", "鉴定等级"), ("level", "levels")),
    "difficulty": (("难度", "难易度", "难度系数"), ("difficulty",)),
    "reason": (("解析", "答案解析", "出处", "依据"), ("source", "explanation", "reason")),
}
_OPTION: Final = re.compile(r"(?:选项|备选项|option|choice)?\s*([a-z])", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"(.*?)\s*\(([^()]*)\)", re.DOTALL)
_LANGUAGES: Final = {
    "英文": "en", "英语": "en", "英": "en", "en": "en", "english": "en",
    "中文": "zh-CN", "汉语": "zh-CN", "zh": "zh-CN", "zh-cn": "zh-CN", "chinese": "zh-CN",
}  # fmt: skip

TYPE_WORDS: Final = {
    word: kind
    for kind, words in {
        "single": "单选 单选题 单项选择 单项选择题 选择题 single single_choice singlechoice",
        "multiple": "多选 多选题 多项选择 多项选择题 multiple multiple_choice multiplechoice",
        "true_false": "判断 判断题 是非 是非题 true/false true_false truefalse t/f",
        "text": "填空 填空题 text text_entry fill fill_in",
        "number": "计算 计算题 数值 数值题 number numerical numeric",
        "matching": "连线 连线题 匹配 匹配题 配对 配对题 matching match",
        "order": "排序 排序题 order ordering sequence",
        "essay": "简答 简答题 论述 论述题 问答 问答题 essay extended_text",
    }.items()
    for word in (*words.split(), *(word.replace("_", " ") for word in words.split()))
}
TRUE_WORDS: Final = frozenset({"对", "正确", "是", "√", "✓", "✔", "t", "true", "y", "yes", "1"})
FALSE_WORDS: Final = frozenset(
    {"错", "错误", "否", "不对", "×", "✗", "✘", "x", "f", "false", "n", "no", "0"}
)
LEVEL_WORDS: Final = {
    word: level
    for level, words in {
        "apprentice": "apprentice 学徒工",
        "L5": "l5 5 五级 初级 初级工 五级/初级工",
        "L4": "l4 4 四级 中级 中级工 四级/中级工",
        "L3": "l3 3 三级 高级 高级工 三级/高级工",
        "L2": "l2 2 二级 技师 二级/技师",
        "L1": "l1 1 一级 高级技师 一级/高级技师",
        "special": "special special-grade 特级技师",
        "chief": "chief 首席技师",
    }.items()
    for word in words.split()
}
DIFFICULTY_WORDS: Final = {
    word: step
    for step, words in enumerate(
        (
            ("1", "很易", "很容易", "very easy"),
            ("2", "易", "容易", "较易", "easy"),
            ("3", "中", "中等", "适中", "medium"),
            ("4", "难", "较难", "困难", "difficult", "hard"),
            ("5", "很难", "very difficult", "very hard"),
        ),
        1,
    )
    for word in words
}


class Column(Struct, frozen=True):
    """What a column holds; `lang` for stems and options, `letter` for options."""

    name: str
    lang: str = ""
    letter: str = ""


class Columns(Struct, frozen=True):
    """The header understood. `langs` are the sheet's own language, then the other one if given."""

    names: dict[Column, str]
    langs: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.names.values())

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(sorted({column.letter for column in self.names if column.letter}))

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.names)


def folded(text: str) -> str:
    """One form of a word: NFKC, no case, no blanks at the ends."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def read_columns(names: tuple[str, ...]) -> Columns:
    """What each column of a header means.

    A stem without a language in brackets is in the language its column is named in; so is an
    option, where the table has stems in that language, and else it goes with the first stem.
    """
    read = [(name, _column(folded(name).rstrip("*"))) for name in names]
    langs = tuple(
        dict.fromkeys(column.lang for _, column in read if column and column.name == "stem")
    )
    found: dict[Column, str] = {}
    unknown = []
    for name, column in read:
        if column and column.name == "option" and column.lang not in langs and langs:
            column = Column("option", langs[0], column.letter)
        if column is None or column in found:
            unknown.append(name)
        else:
            found[column] = name
    return Columns(found, langs, tuple(unknown))


def looks_like_sheet(names: tuple[str, ...]) -> bool:
    """Whether a header is one of question tables."""
    columns = read_columns(names)
    return columns.has("stem") and (columns.has("key") or columns.has("type"))


def _column(name: str) -> Column | None:
    bracket = _LANGUAGE.fullmatch(name)
    lang = _LANGUAGES.get(bracket[2].strip(), "") if bracket else ""
    if bracket and not lang:
        return None
    plain = bracket[1].strip() if bracket else name
    for known, (chinese, english) in COLUMN_WORDS.items():
        if plain in chinese or plain in english:
            spoken = known == "stem"
            own = "zh-CN" if plain in chinese else "en"
            return Column(known, (lang or own) if spoken else "") if spoken or not lang else None
    option = _OPTION.fullmatch(plain)
    if option is None:
        return None
    own = "" if len(plain) == 1 else "en" if plain.isascii() else "zh-CN"
    return Column("option", lang or own, option[1].upper())
