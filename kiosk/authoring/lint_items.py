"""What can be wrong with one item: its key, its choices, its marks, its size, its metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from kiosk.artefacts.codec import encode
from kiosk.assessment.content import Raster
from kiosk.assessment.items import (
    Choice,
    ExtendedText,
    GapMatch,
    Hotspot,
    Hottext,
    Interaction,
    Item,
    Match,
    base_type,
    identifiers,
    pictures_of,
)
from kiosk.assessment.responses import checked
from kiosk.authoring.compiled import CompiledItem
from kiosk.authoring.findings import Finding, Severity
from kiosk.authoring.lint_words import check_words
from kiosk.authoring.pictures import HUGE_BYTES
from kiosk.authoring.reach import Reach, reach_of
from kiosk.authoring.source_bank import SourceBank
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rules import SCORE, ResponseDeclaration
from kiosk.words import said as fault_in_words
from kiosk.words import text

HUGE_ITEM_BYTES: Final = 400 * 1024


def check_item(
    compiled: CompiledItem, bank: SourceBank, media: Mapping[str, bytes], lang: str
) -> Iterator[Finding]:
    """Every finding about one item, whose pictures are in `media`, in the language `lang`."""
    check = _Check(compiled, bank, lang)
    yield from check.run()
    yield from check_words(compiled, lang)
    yield from check.size(media)


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
        yield from self.metadata()

    def size(self, media: Mapping[str, bytes]) -> Iterator[Finding]:
        shown = (picture for words in self.item.texts.values() for picture in pictures_of(words))
        rasters = {picture.media: picture for picture in shown if isinstance(picture, Raster)}
        for picture in rasters.values():
            size = len(media[picture.media])
            if size > HUGE_BYTES:
                said = text(
                    "its picture '{words}' has {n} KiB; make it smaller, {most} are enough",
                    self.lang,
                    words=picture.words,
                    n=size // 1024,
                    most=HUGE_BYTES // 1024,
                )
                yield self.finding("warning", said)
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
                    "error",
                    text(
                        "there is no text in {language}; translate the item, or take the language "
                        "out of bank.toml",
                        self.lang,
                        language=lang,
                    ),
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
                    text(
                        "'{response}' has no right answer; declare it",
                        self.lang,
                        response=response.id,
                    ),
                )
            if base_type(interaction) not in ("identifier", "pair", "directedPair"):
                yield from self.can_be_given(response)
                continue
            values = {*(response.correct or ()), *(entry.key for entry in mapped)}
            named = {name for value in values for name in value.split()}
            unknown = sorted(named - set(identifiers(interaction)))
            for name in unknown:
                yield self.finding(
                    "error",
                    text(
                        "the key '{key}' is none of the choices; name one that is there",
                        self.lang,
                        key=name,
                    ),
                )
            if response.cardinality == "single":
                yield from self.single(response)
            elif not unknown:
                yield from self.can_be_given(response)
                yield from self.unused(interaction, response)
            if isinstance(interaction, Choice) and response.cardinality == "multiple":
                yield from self.multiple(interaction, response)

    def can_be_given(self, response: ResponseDeclaration) -> Iterator[Finding]:
        """A key that the question itself does not let a candidate answer."""
        try:
            checked(self.item, response.id, response.correct or ())
        except InputRefused as fault:
            yield self.finding(
                "error",
                text(
                    "nobody can give the right answer of '{response}': {reason}; change the key or "
                    "what may be answered",
                    self.lang,
                    response=response.id,
                    reason=fault_in_words(fault, self.lang)[0],
                ),
            )

    def single(self, response: ResponseDeclaration) -> Iterator[Finding]:
        if len(response.correct or ()) > 1:
            yield self.finding(
                "error",
                text(
                    "'{response}' takes one answer but has several keys; keep one, or let several "
                    "be chosen",
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
                    "two right answers where one may be chosen: {keys} earn the same; lower all "
                    "but one",
                    self.lang,
                    keys=best,
                ),
            )
        elif best and response.correct and best[0] not in response.correct:
            yield self.finding(
                "error",
                text(
                    "the key is '{key}', but '{best}' earns more; correct the key or the points",
                    self.lang,
                    key=response.correct[0],
                    best=best[0],
                ),
            )

    def multiple(self, interaction: Choice, response: ResponseDeclaration) -> Iterator[Finding]:
        right = len(response.correct or ())
        if right == 1:
            said = text(
                "only one of several choices is right; let one be chosen, or make two right",
                self.lang,
            )
            yield self.finding("warning", said)
        if right == len(interaction.choices):
            said = text(
                "every choice is right, so that a candidate need not know which; make one wrong",
                self.lang,
            )
            yield self.finding("warning", said)

    def unused(self, interaction: Interaction, response: ResponseDeclaration) -> Iterator[Finding]:
        """Choices and places that make no difference to the score."""
        mapping = response.mapping
        mapped = {entry.key for entry in mapping.entries} if mapping is not None else set()
        match interaction:
            case Choice() | Hottext() | Hotspot():
                if (
                    mapping is None
                    or self.rules.template != "map_response"
                    or number(mapping.default)
                ):
                    return
                for choice in identifiers(interaction):
                    if choice not in mapped:
                        said = text(
                            "choosing '{choice}' neither earns nor costs anything; give it points, "
                            "or a deduction",
                            self.lang,
                            choice=choice,
                        )
                        yield self.finding("warning", said)
            case Match(sources=places) | GapMatch(gaps=places):
                used = {
                    name for pair in (*(response.correct or ()), *mapped) for name in pair.split()
                }
                for place in places if used else ():
                    if place not in used:
                        said = text(
                            "nothing is right at '{place}'; give it a right answer, or remove it",
                            self.lang,
                            place=place,
                        )
                        yield self.finding("warning", said)
            case _:
                pass

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
                    "the full score {most} cannot be reached; the best found is {best}; correct "
                    "the maximum or the rules",
                    self.lang,
                    most=written(most),
                    best=written(reach.best),
                ),
            )
        elif reach.best > most:
            yield self.finding(
                "warning",
                text(
                    "a response earns {best}, more than the full score {most}; raise the maximum "
                    "or bound the points",
                    self.lang,
                    most=written(most),
                    best=written(reach.best),
                ),
            )
        if reach.best <= 0:
            said = text("no response earns anything; correct the key or the rules", self.lang)
            yield self.finding("error", said)
        elif reach.key is not None and reach.key < reach.best:
            yield self.finding(
                "error",
                text(
                    "the declared right answer earns {key}, another earns {best}; correct the key "
                    "or the rules",
                    self.lang,
                    key=written(reach.key),
                    best=written(reach.best),
                ),
            )
        else:
            yield from self.as_good(reach)
        if reach.silence > 0:
            said = text("no answer at all earns points; let the rules ask for one", self.lang)
            yield self.finding("error", said)
        if (
            reach.everything is not None
            and reach.everything >= reach.best > 0
            and (reach.key is None or reach.everything > reach.key or not self._all_right())
        ):
            said = text(
                "choosing every option earns the full score; let wrong ones cost something, or "
                "score all or nothing",
                self.lang,
            )
            yield self.finding("warning", said)

    def as_good(self, reach: Reach) -> Iterator[Finding]:
        """Two right answers that only trying shows; those of a mapping were named before."""
        for response, others in reach.as_good.items():
            declared = self.rules.response(response)
            if declared is not None and declared.mapping is None:
                said = text(
                    "two right answers where one may be chosen: by its rules {others} earns as much "
                    "as the key of '{response}'; correct the rules if one alone is right",
                    self.lang,
                    others=others,
                    response=response,
                )
                yield self.finding("warning", said)

    def _all_right(self) -> bool:
        only = self.item.interactions[0]
        response = self.rules.response(only.response)
        return (
            isinstance(only, Choice)
            and response is not None
            and set(response.correct or ()) == set(only.choices)
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
                    "its knowledge point '{point}' is not in the standard; name one that is, or "
                    "add it there",
                    self.lang,
                    point=self.about.knowledge_point,
                ),
            )
        if not self.about.levels:
            said = text("it names no level; name one in the manifest", self.lang)
            yield self.finding("error", said)
        for level in self.about.levels:
            if level not in self.bank.head.levels:
                yield self.finding(
                    "error",
                    text(
                        "the bank does not have its level {level}; correct the item or bank.toml",
                        self.lang,
                        level=level,
                    ),
                )
            elif point is not None and level not in point.levels:
                yield self.finding(
                    "warning",
                    text(
                        "its knowledge point '{point}' is not asked at level {level}; correct the "
                        "item or the standard",
                        self.lang,
                        point=point.id,
                        level=level,
                    ),
                )
        if not self.about.reason:
            said = text(
                "its metadata does not say why the key is right; an appeal will ask", self.lang
            )
            yield self.finding("warning", said)
        if self.about.difficulty is None:
            said = text(
                "its metadata names no difficulty; say how hard it is, so that forms come out equal",
                self.lang,
            )
            yield self.finding("note", said)
