"""What the programs say: one catalogue for all of them, in zh-CN and English.

A sentence is written in English where it is said, and found in the other
language by that sentence; nothing here needs Qt, Babel or a compile step:

    text("Please wait for the proctor to start the exam", lang)
    text("Your seat is {seat}. Please go to seat {seat}", lang, seat="08")
    ntext("{n} question unanswered", "{n} questions unanswered", n, lang)
    text("Spare: {terminals}", lang, terminals=("T1", "T2"))
    explain(error, lang)

To add a sentence: write it so in the code, run `make words`, and put its
Chinese into `zh_CN/PROGRAM.po` (the tone: what happened, what is safe, what to
do). A sentence that several programs say lives in `common.po`. Where a sentence
is named at one place and said at another (a table, an error), name it with
`mark("...")`. Only literal text is found: never an f-string, never a variable.
`tests/words` fails while a sentence of the code has no Chinese, a Chinese one
no longer has a sentence, or the two differ in their {places}.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError

LANGUAGES: Final = ("zh-CN", "en")
_FOLDER: Final = Path(__file__).with_name("zh_CN")


def text(sentence: str, /, lang: str, **values: object) -> str:
    """`sentence` in the language `lang`, its {places} filled with `values`; of several the list is said.

    A sentence nobody has translated is said in English: better than nothing
    before a candidate, and the tests do not let it come to that.
    """
    if _is_chinese(lang):
        sentence = catalogue().get(sentence, sentence)
    return sentence.format(**_filling(values, lang)) if values else sentence


def ntext(one: str, many: str, n: int, /, lang: str, **values: object) -> str:
    """`one` or `many` as the number `n` asks for; {n} is filled too."""
    if _is_chinese(lang):
        sentence = catalogue().get(one, many)  # Chinese does not change with the number
    else:
        sentence = one if n == 1 else many
    return sentence.format(n=n, **_filling(values, lang))


def listed(several: Iterable[object], lang: str, between: str = ", ") -> str:
    """`several` in a row: `A, B` in English, `A、B` in Chinese.

    Args:
        between: `, ` or, where these are sentences or hold commas themselves, `; `.
    """
    return (_BETWEEN[between] if _is_chinese(lang) else between).join(map(str, several))


_BETWEEN: Final = {", ": "、", "; ": "；"}


def mark(sentence: str, /) -> str:
    """`sentence` itself: says to `make words` that it will be said by `text` elsewhere."""
    return sentence


def explain(error: KioskError, lang: str) -> str:
    """What happened, where and what to do, on one line.

    An error whose sentences were not named with `mark` speaks English in both languages. A value
    that was named so too (what kind of file it is, say) is said in the reader's language.
    """
    happened, remedy = said(error, lang)
    colon, stop = ("：", "。") if lang == "zh-CN" else (": ", ". ")
    if error.where:
        happened = f"{error.where}{colon}{happened}"
    return f"{happened}{stop}{remedy}" if remedy else happened


def said(error: KioskError, lang: str) -> tuple[str, str]:
    """What happened, and what to do, in the language `lang`."""
    values = {
        name: text(value, lang) if isinstance(value, str) else value
        for name, value in error.values.items()
    }
    return text(error.sentence, lang, **values), text(error.remedy_sentence, lang, **values)


def language_of(tag: str) -> str:
    """The one of LANGUAGES nearest to a tag as systems write it: zh_CN.UTF-8, zh-Hans, C."""
    return "zh-CN" if tag.lower().startswith("zh") else "en"


def _filling(values: dict[str, object], lang: str) -> dict[str, object]:
    return {
        name: listed(value, lang) if isinstance(value, tuple | list) else value
        for name, value in values.items()
    }


def _is_chinese(lang: str) -> bool:
    if lang not in LANGUAGES:
        raise ValueError(f"no words for the language {lang!r}; there are {', '.join(LANGUAGES)}")
    return lang == "zh-CN"


# One entry of a .po file: comments and plural line are passed over, a string may
# run over several lines. One expression over the whole file, because the terminal
# reads it on its way to the first screen: 1,000 sentences take 1.2 ms here and
# 8 ms in Babel's reader, its import not counted; tests/words keeps them in agreement.
_QUOTED: Final = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_STRINGS: Final = rf"({_QUOTED}(?:\n{_QUOTED})*)"
_ENTRY: Final = re.compile(
    rf"^msgid {_STRINGS}\n(?:msgid_plural {_STRINGS}\n)?msgstr(?:\[0\])? {_STRINGS}$",
    re.MULTILINE,
)
_STRING: Final = re.compile(_QUOTED)
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r"}


def read_catalogue(source: str) -> dict[str, str]:
    """The translated sentences of a .po file's text, by their English."""
    sentences = {_unquote(one): _unquote(chinese) for one, _, chinese in _ENTRY.findall(source)}
    return {one: chinese for one, chinese in sentences.items() if one and chinese}


def plurals() -> dict[str, str]:
    """The sentences of `catalogue` that change with a number, by their English for many."""
    return {
        _unquote(many): _unquote(chinese)
        for path in sorted(_FOLDER.glob("*.po"))
        for _, many, chinese in _ENTRY.findall(path.read_text(encoding="utf-8"))
        if many
    }


@cache
def catalogue() -> dict[str, str]:
    """Every sentence in Chinese, by its English."""
    sentences: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.po")):
        sentences |= read_catalogue(path.read_text(encoding="utf-8"))
    return sentences


def _unquote(strings: str) -> str:
    if "\n" not in strings and "\\" not in strings:
        return strings[1:-1]  # nearly all
    joined = "".join(string[1:-1] for string in _STRING.findall(strings))
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), joined)
