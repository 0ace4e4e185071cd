"""What can be wrong with one item: its key, its options, its marks, its words, its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from kiosk.artefacts.codec import encode
from kiosk.assessment.content import Block, Span, Text, plain_text, spans_of
from kiosk.assessment.items import Choice, ExtendedText, InlineChoice, Item, base_type, identifiers
from kiosk.authoring.compiled import CompiledItem
from kiosk.authoring.findings import Finding, Severity
from kiosk.authoring.reach import Reach, reach_of
from kiosk.authoring.source_bank import SourceBank
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rules import SCORE, ResponseDeclaration
from kiosk.words import text

HUGE_ITEM_BYTES: Final = 400 * 1024

_NEGATION: Final = {
    "zh-CN": re.compile(
        r"(?:不正确|不属于|不包括|不符合|不恰当|不合理|不应该|不应|不宜|不能|不是|不会|错误)"
        r"(?=[^。！？?]{0,12}的(?:是|有|做法|说法|一项|选项|操作|[：:（(]))|除.{0,12}外"
    ),
    "en": re.compile(
        r"\b(?:not(?! (?:exceed|more|less|only))|never|except|incorrect|wrong|false|least)\b(?=[^.?!]*[?:]\s*$)",
        re.IGNORECASE,
    ),
}
"""Words that turn the question round, in the sentence that asks."""


def check_item(compiled: CompiledItem, bank: SourceBank, lang: str) -> Iterator[Finding]:
    """Every finding about one item, in the language `lang`."""
    yield from _Check(compiled, bank, lang).run()


class _Check:
    def __init__(self, compiled: CompiledItem, bank: SourceBank, lang: str) -> None:
        self.item: Item = compiled.item
        self.rules = compiled.rules
        self.about = compiled.about
        self.bank = bank
        self.lang = lang

    def run(self) -> Iterator[Finding]:
        yield from self.languages()
        keys = list(self.keys())
        yield from keys
        by_people = any(isinstance(one, ExtendedText) for one in self.item.interactions)
        if not by_people and not any(finding.severity == "error" for finding in keys):
            yield from self.marks(reach_of(self.item, self.rules))
        yield from self.options()
        yield from self.negations()
        yield from self.metadata()
        if len(encode(self.item)) > HUGE_ITEM_BYTES:
            yield self.finding(
                "warning",
                text(
                    "the item is larger than {n} KiB; simplify its drawings",
                    self.lang,
                    n=HUGE_ITEM_BYTES // 1024,
                ),
            )

    def finding(self, severity: Severity, said: str) -> Finding:
        return Finding(severity, self.item.id, said)

    # --- languages --------------------------------------------------------------------------------

    def languages(self) -> Iterator[Finding]:
        for lang in self.bank.head.languages:
            if lang not in self.item.texts:
                yield self.finding(
                    "error", text("there is no text in {language}", self.lang, language=lang)
                )

    # --- keys -------------------------------------------------------------------------------------

    def keys(self) -> Iterator[Finding]:
        for interaction in self.item.interactions:
            response = self.rules.response(interaction.response)
            if response is None or isinstance(interaction, ExtendedText):
                continue  # people mark it
            mapped = response.mapping.entries if response.mapping is not None else ()
            if not (response.correct or mapped or response.areas or self.rules.processing):
                yield self.finding(
                    "error",
                    text("'{response}' has no right answer", self.lang, response=response.id),
                )
            if base_type(interaction) not in ("identifier", "pair", "directedPair"):
                continue
            values = {*(response.correct or ()), *(entry.key for entry in mapped)}
            named = {name for value in values for name in value.split()}
            for name in sorted(named - set(identifiers(interaction))):
                yield self.finding(
                    "error", text("the key '{key}' is none of the choices", self.lang, key=name)
                )
            if response.cardinality == "single":
                yield from self.single(response)
            elif isinstance(interaction, Choice):
                yield from self.multiple(interaction, response)

    def single(self, response: ResponseDeclaration) -> Iterator[Finding]:
        if len(response.correct or ()) > 1:
            yield self.finding(
                "error",
                text(
                    "'{response}' takes one answer but has several keys",
                    self.lang,
                    response=response.id,
                ),
            )
        if response.mapping is None:
            return
        values = {entry.key: number(entry.value) for entry in response.mapping.entries}
        most = max(values.values(), default=Fraction(0))
        best = sorted(key for key, value in values.items() if value == most and most > 0)
        if len(best) > 1:
            yield self.finding(
                "error",
                text(
                    "two right answers where one may be chosen: {keys} earn the same",
                    self.lang,
                    keys=", ".join(best),
                ),
            )
        elif best and response.correct and best[0] not in response.correct:
            yield self.finding(
                "error",
                text(
                    "the key is '{key}', but '{best}' earns more",
                    self.lang,
                    key=response.correct[0],
                    best=best[0],
                ),
            )

    def multiple(self, interaction: Choice, response: ResponseDeclaration) -> Iterator[Finding]:
        right = len(response.correct or ())
        if right == 1:
            yield self.finding("warning", text("only one of several choices is right", self.lang))
        if right == len(interaction.choices):
            yield self.finding("warning", text("every choice is right", self.lang))
        if response.mapping is not None and self.rules.template == "map_response":
            mapped = {entry.key for entry in response.mapping.entries}
            if number(response.mapping.default) == 0:
                for choice in interaction.choices:
                    if choice not in mapped:
                        yield self.finding(
                            "warning",
                            text(
                                "choosing '{choice}' neither earns nor costs anything",
                                self.lang,
                                choice=choice,
                            ),
                        )

    # --- marks ------------------------------------------------------------------------------------

    def marks(self, reach: Reach) -> Iterator[Finding]:
        score = self.rules.outcome(SCORE)
        most = Fraction(1)
        if score is not None and score.normal_maximum is not None:
            most = number(score.normal_maximum)
        elif self.rules.template != "match_correct":
            most = reach.best
        if reach.best < most:
            yield self.finding(
                "error" if reach.complete else "warning",
                text(
                    "the full score {most} cannot be reached; the best found is {best}",
                    self.lang,
                    most=written(most),
                    best=written(reach.best),
                ),
            )
        elif reach.best > most:
            yield self.finding(
                "warning",
                text(
                    "a response earns {best}, more than the full score {most}",
                    self.lang,
                    most=written(most),
                    best=written(reach.best),
                ),
            )
        if reach.best <= 0:
            yield self.finding("error", text("no response earns anything", self.lang))
        elif reach.key is not None and reach.key < reach.best:
            yield self.finding(
                "error",
                text(
                    "the declared right answer earns {key}, another earns {best}",
                    self.lang,
                    key=written(reach.key),
                    best=written(reach.best),
                ),
            )
        if reach.silence > 0:
            yield self.finding("error", text("no answer at all earns points", self.lang))
        if (
            reach.everything is not None
            and reach.everything >= reach.best > 0
            and (reach.key is None or reach.everything > reach.key or not self._all_right())
        ):
            yield self.finding(
                "warning", text("choosing every option earns the full score", self.lang)
            )

    def _all_right(self) -> bool:
        only = self.item.interactions[0]
        response = self.rules.response(only.response)
        return (
            isinstance(only, Choice)
            and response is not None
            and set(response.correct or ()) == set(only.choices)
        )

    # --- words ------------------------------------------------------------------------------------

    def options(self) -> Iterator[Finding]:
        for lang, words in self.item.texts.items():
            for interaction in self.item.interactions:
                if not isinstance(interaction, Choice | InlineChoice):
                    continue
                response = self.rules.response(interaction.response)
                keys = set((response.correct if response else None) or ())
                seen: dict[str, str] = {}
                for choice, content in words.choices[interaction.response].items():
                    said = _fingerprint(content)
                    if said in seen:
                        with_key = (choice in keys) != (seen[said] in keys)
                        yield self.finding(
                            "error" if with_key else "warning",
                            text(
                                "the choices '{one}' and '{other}' say the same ({language})",
                                self.lang,
                                one=seen[said],
                                other=choice,
                                language=lang,
                            ),
                        )
                    seen[said] = choice

    def negations(self) -> Iterator[Finding]:
        if not any(
            isinstance(one, Choice) and not one.true_false for one in self.item.interactions
        ):
            return
        for lang, words in self.item.texts.items():
            pattern = _NEGATION.get(lang)
            found = pattern and next(_plain_matches(pattern, words.body), None)
            if found:
                yield self.finding(
                    "warning",
                    text(
                        "the question turns on '{word}' ({language}); emphasise it",
                        self.lang,
                        word=found,
                        language=lang,
                    ),
                )

    # --- metadata ---------------------------------------------------------------------------------

    def metadata(self) -> Iterator[Finding]:
        points = {
            point.id: point
            for content in self.bank.standard.contents()
            for point in content.knowledge_points
        }
        point = points.get(self.about.knowledge_point)
        if point is None:
            yield self.finding(
                "error",
                text(
                    "its knowledge point '{point}' is not in the standard",
                    self.lang,
                    point=self.about.knowledge_point,
                ),
            )
        if not self.about.levels:
            yield self.finding("error", text("it names no level", self.lang))
        for level in self.about.levels:
            if level not in self.bank.head.levels:
                yield self.finding(
                    "error",
                    text("the bank does not have its level {level}", self.lang, level=level),
                )
            elif point is not None and level not in point.levels:
                yield self.finding(
                    "warning",
                    text(
                        "its knowledge point '{point}' is not asked at level {level}",
                        self.lang,
                        point=point.id,
                        level=level,
                    ),
                )
        if not self.about.reason:
            yield self.finding(
                "warning", text("its metadata does not say why the key is right", self.lang)
            )
        if self.about.difficulty is None:
            yield self.finding("note", text("its metadata names no difficulty", self.lang))


def _fingerprint(content: tuple[Block, ...]) -> str:
    """Equal for choices a candidate could not tell apart; pictures count by what they show."""
    words = " ".join(plain_text(content).casefold().split())
    return words if words and all(isinstance(s, Text) for s in spans_of(content)) else repr(content)


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
