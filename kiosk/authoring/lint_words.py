"""What can be wrong with an item's words: choices that are alike, habits of wording, translations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from kiosk.assessment.content import (
    Block,
    Figure,
    Formula,
    Image,
    ItemList,
    Preformatted,
    Span,
    Table,
    Text,
    plain_text,
    spans_of,
)
from kiosk.assessment.items import (
    Choice,
    Hotspot,
    Hottext,
    InlineChoice,
    ItemText,
    Lang,
)
from kiosk.authoring.compiled import CompiledItem
from kiosk.authoring.findings import Finding, Severity
from kiosk.authoring.likeness import likeness, percent, plain, shingles
from kiosk.words import mark, text

NEAR: Final = 0.9
"""Choices that differ by less are named: a nervous reader does not see the difference."""

_ABOVE: Final = re.compile(
    r"(?:以上|上述|前述|前面)[^，,]{0,6}(?:都|均|皆|全|俱|非|无)[^，,]{0,6}"
    r"|(?:都|均|皆|全部?)(?:是|对|正确|不是|不对|不正确|错误?)|(?:无|没有)正确(?:答案|选项)"
    r"|(?-i:[A-H](?:[、,和与及][A-H])+)(?:[两三四]?[项者])?(?:[都均皆全].{0,4})?"
    r"|(?-i:[A-H]{2,8})(?:[两三四]?[项者])?[都均皆全].{0,4}"
    r"|(?:all|none|both|any|neither|either|each)(?: ?one| two| three)? of (?:the |these |those )?"
    r"(?:other )?(?:above|these|those|following|foregoing|preceding|options?|answers?|choices?)"
    r"(?: [\w ]{0,20})?|(?:all|none) (?:the )?above(?: [\w ]{0,20})?"
    r"|(?:only |both |neither |either )?(?-i:[A-H](?:(?:, ?| ?& ?|,? and |,? or | nor )[A-H])+)"
    r"(?: only)?",
    re.IGNORECASE,
)
"""A choice that speaks of the other choices instead of the matter."""

_NEGATION: Final = {
    "zh-CN": re.compile(
        r"(?:不正确|不属于|不包括|不包含|不符合|不恰当|不合理|不应该|不应|不宜|不能|不得|不可以?|不需要"
        r"|不是|不会|不具有|不影响|无关|有误|错误|(?<!有)没有)"
        r"(?=[^。！？?]{0,12}的(?:是|有|做法|说法|一项|一种|选项|操作|[：:（(？?]))"
        r"|(?:哪|何)[^。！？?]{0,8}?(?:不正确|不|(?<!有)没有|错误|无关)|除.{0,12}外"
    ),
    "en": re.compile(
        r"\b(?:not(?! (?:exceed|more|less|only))|cannot|\w+n't|never|except|incorrect(?:ly)?|wrong"
        r"|false|untrue|(?<!at )least|unsuitable|inappropriate)\b"
        r"(?=[^.?!]*(?:\?|:\s*$|\(\s*\)|_{2,}))",
        re.IGNORECASE,
    ),
}
"""Words that turn the question round, in the sentence that asks."""

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z]{3,}")


def check_words(compiled: CompiledItem, lang: str) -> Iterator[Finding]:
    """Every finding about an item's words, in the language `lang`."""
    yield from _Words(compiled, lang).run()


class _Words:
    def __init__(self, compiled: CompiledItem, lang: str) -> None:
        self.item = compiled.item
        self.rules = compiled.rules
        self.lang = lang

    def run(self) -> Iterator[Finding]:
        for language, words in self.item.texts.items():
            for interaction in self.item.interactions:
                choices = words.choices.get(interaction.response, {})
                if isinstance(interaction, Choice | InlineChoice):
                    yield from self.same(interaction, choices, language)
                    yield from self.near(choices, language)
                    yield from self.above(interaction, choices, language)
            yield from self.negation(words, language)
            yield from self.script(words, language)
        yield from self.structure()

    def finding(self, severity: Severity, said: str) -> Finding:
        return Finding(severity, self.item.id, said)

    # --- choices ----------------------------------------------------------------------------------

    def same(
        self,
        interaction: Choice | InlineChoice,
        choices: Mapping[str, tuple[Block, ...]],
        language: Lang,
    ) -> Iterator[Finding]:
        response = self.rules.response(interaction.response)
        keys = set((response.correct if response else None) or ())
        seen: dict[str, str] = {}
        for choice, content in choices.items():
            said = _fingerprint(content)
            if said in seen:
                with_key = (choice in keys) != (seen[said] in keys)
                yield self.finding(
                    "error" if with_key else "warning",
                    text(
                        "the choices '{one}' and '{other}' say the same ({language}); change one",
                        self.lang,
                        one=seen[said],
                        other=choice,
                        language=language,
                    ),
                )
            seen[said] = choice

    def near(self, choices: Mapping[str, tuple[Block, ...]], language: Lang) -> Iterator[Finding]:
        """The two choices most alike; other numbers make other choices."""
        written = {
            choice: plain_text(content) for choice, content in choices.items() if _is_text(content)
        }
        runs = {choice: shingles(said) for choice, said in written.items()}
        alike = [
            (likeness(runs[one], runs[other]), one, other)
            for one, other in combinations(written, 2)
            if _NUMBER.findall(written[one]) == _NUMBER.findall(written[other])
            and plain(written[one]) != plain(written[other])
        ]
        share, one, other = max(alike, default=(0.0, "", ""))
        if share >= NEAR:
            said = text(
                "the choices '{one}' and '{other}' are {percent} % alike ({language}); make the "
                "difference stand out",
                self.lang,
                one=one,
                other=other,
                percent=percent(share),
                language=language,
            )
            yield self.finding("note", said)

    def above(
        self,
        interaction: Choice | InlineChoice,
        choices: Mapping[str, tuple[Block, ...]],
        language: Lang,
    ) -> Iterator[Finding]:
        for choice, content in choices.items():
            words = plain_text(content).strip().rstrip(".。")
            if not _ABOVE.fullmatch(words):
                continue
            moves = interaction.shuffle and choice not in interaction.fixed
            sentence = (
                mark(
                    "the choice '{choice}' speaks of the others, '{words}' ({language}), and takes "
                    "any place among them; write what is meant, or let several be chosen"
                )
                if moves
                else mark(
                    "the choice '{choice}' speaks of the others, '{words}' ({language}); write what "
                    "is meant, or let several be chosen"
                )
            )
            said = text(sentence, self.lang, choice=choice, words=words, language=language)
            yield self.finding("warning", said)

    # --- the question -----------------------------------------------------------------------------

    def negation(self, words: ItemText, language: Lang) -> Iterator[Finding]:
        pattern = _NEGATION.get(language)
        asks = any(
            isinstance(one, Choice | Hottext | Hotspot) and not getattr(one, "true_false", False)
            for one in self.item.interactions
        )
        found = pattern and asks and next(_plain_matches(pattern, words.body), None)
        if found:
            said = text(
                "the question turns on '{word}' ({language}); emphasise it, or ask the other way "
                "round",
                self.lang,
                word=found,
                language=language,
            )
            yield self.finding("warning", said)

    # --- languages --------------------------------------------------------------------------------

    def script(self, words: ItemText, language: Lang) -> Iterator[Finding]:
        """Text that was left in the other language."""
        parts = [
            words.body,
            *(content for named in words.choices.values() for content in named.values()),
        ]
        for part in parts:
            said = plain_text(part)
            foreign = (
                not _CHINESE.search(said) and len(_LATIN_WORD.findall(said)) > 2
                if language.startswith("zh")
                else _CHINESE.search(said)
            )
            if foreign:
                sentence = text(
                    "not translated into {language}: '{words}'",
                    self.lang,
                    language=language,
                    words=said.strip()[:40],
                )
                yield self.finding("warning", sentence)

    def structure(self) -> Iterator[Finding]:
        """What one language shows and another does not. Interactions were compared before."""
        first, *others = self.item.texts
        for other in others:
            for one, two in _paired(self.item.texts[first], self.item.texts[other]):
                if _shape(one) != _shape(two):
                    said = text(
                        "{one} and {other} differ in their tables, lists, pictures or formulae at "
                        "'{words}'; give both the same",
                        self.lang,
                        one=first,
                        other=other,
                        words=plain_text(one).strip()[:40],
                    )
                    yield self.finding("warning", said)
                elif numbers := _numbers(one) ^ _numbers(two):
                    said = text(
                        "{one} and {other} differ in the numbers {numbers}; compare them",
                        self.lang,
                        one=first,
                        other=other,
                        numbers=sorted(numbers),
                    )
                    yield self.finding("note", said)


def _paired(
    one: ItemText, other: ItemText
) -> Iterator[tuple[tuple[Block, ...], tuple[Block, ...]]]:
    yield one.body, other.body
    for response, choices in one.choices.items():
        for choice, content in choices.items():
            yield content, other.choices.get(response, {}).get(choice, ())


def _shape(blocks: tuple[Block, ...]) -> Counter[str]:
    """What is not plain text, counted."""
    shape: Counter[str] = Counter()
    for block in blocks:
        match block:
            case Table(rows):
                shape[f"table of {len(rows)} x {max(len(row) for row in rows)}"] += 1
            case ItemList(entries):
                shape[f"list of {len(entries)}"] += 1
            case Figure() | Preformatted():
                shape[type(block).__name__] += 1
            case _:
                pass
    shape.update(
        type(span).__name__ for span in spans_of(blocks) if isinstance(span, Formula | Image)
    )
    return shape


def _numbers(blocks: tuple[Block, ...]) -> set[str]:
    """Numbers of two digits or more: smaller ones are often words in one language."""
    return {found for found in _NUMBER.findall(plain_text(blocks)) if len(found) > 1}


def _is_text(content: tuple[Block, ...]) -> bool:
    return all(isinstance(span, Text) for span in spans_of(content)) and not any(
        isinstance(block, Figure) for block in content
    )


def _fingerprint(content: tuple[Block, ...]) -> str:
    """Equal for choices a candidate could not tell apart; pictures count by what they show."""
    if not _is_text(content):
        return repr(content)
    # Raised and lowered signs count: 10² is not 102.
    styled = "".join(
        f"{'<' if 'sup' in span.styles else ''}{span.text}"
        for span in spans_of(content)
        if isinstance(span, Text)
    )
    return plain(styled) or plain_text(content).strip()


def _plain_matches(pattern: re.Pattern[str], body: tuple[Block, ...]) -> Iterator[str]:
    """Matches of `pattern` that no emphasis covers, paragraph by paragraph."""
    for block in body:
        spans = tuple(spans_of((block,)))
        plain = "".join(span.text if isinstance(span, Text) else " " for span in spans)
        for found in pattern.finditer(plain):
            if not found[0].isupper() and not _emphasised(spans, found.start()):
                yield found[0]


def _emphasised(spans: tuple[Span, ...], position: int) -> bool:
    at = 0
    for span in spans:
        length = len(span.text) if isinstance(span, Text) else 1
        if at <= position < at + length:
            return isinstance(span, Text) and bool({"strong", "emphasis"} & set(span.styles))
        at += length
    return False
