"""One exam of a session: its bank, its blueprint, its forms and the terms of its sittings."""

from __future__ import annotations

import os
from typing import get_args

from msgspec import Struct

from kiosk.artefacts.codec import encode
from kiosk.artefacts.session import TOOLS, BankRef, ExamPlan
from kiosk.assessment.paper import Form
from kiosk.assessment.sitting import Terms
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Blueprint, read_blueprint
from kiosk.scoring.marking import check_marking
from kiosk.scoring.numbers import written
from kiosk.scoring.standard import Level, read_standard
from kiosk.station.assembly import FormFigures, assemble, figures, index_of
from kiosk.station.banks import OpenedBank, open_admitted, target_name
from kiosk.station.exam_parts import blueprint_sections, divided, lasting
from kiosk.station.home import Station
from kiosk.station.item_history import history_of
from kiosk.station.plan_file import MINUTE_MS, ExamPart
from kiosk.station.registry import plans
from kiosk.station.roster import level_title
from kiosk.words import mark

MAX_FORMS = 40
MAX_DURATION_MINUTES = 24 * 60


class PlannedExam(Struct, frozen=True):
    """An exam that can be held: what candidates' terminals learn of it, and what only we know."""

    plan: ExamPlan
    blueprint: Blueprint
    forms: tuple[Form, ...]
    figures: tuple[FormFigures, ...]
    bank_key: bytes
    scoring_version: int

    def terms(self, extra_percent: int, extra_ms: int) -> Terms:
        """The terms of one candidate; percent of the exam's time, rounded up to a second."""
        base = self.plan.terms
        extended = -(-base.duration_ms * (100 + extra_percent) // 100_000) * 1000 + extra_ms
        return lasting(base, extended)

    def row(self, session: str) -> plans.ExamRow:
        return plans.ExamRow(
            session=session,
            exam=self.plan.id,
            level=self.blueprint.level,
            bank=self.plan.bank.bank,
            version=self.plan.bank.version,
            scoring_version=self.scoring_version,
            blueprint=encode(self.blueprint),
        )


def plan_exam(station: Station, part: ExamPart, session: str) -> PlannedExam:
    """The exam that a plan's part asks for; its items' uses in sessions but `session` count.

    Raises:
        InputRefused: the bank is not admitted or has not that level, the blueprint does not fit, or
            no form can be made of the bank; `where` names the entry.
    """
    where = f"exam {part.id}"
    level = _level(part, where)
    if part.overlap is not None and part.overlap < 0:
        raise InputRefused(
            mark("overlap is below zero"), where=where, remedy=mark("Write 0 for no shared item")
        )
    if not 1 <= part.duration_minutes <= MAX_DURATION_MINUTES or not 1 <= part.forms <= MAX_FORMS:
        raise InputRefused(
            mark("an exam has up to {minutes} minutes and up to {forms} forms"),
            where=where,
            remedy=mark("Correct it; both are at least 1"),
            minutes=MAX_DURATION_MINUTES,
            forms=MAX_FORMS,
        )
    blueprint = read_blueprint(
        {
            "blueprint": {"id": part.id, "pass": 60, **part.blueprint, "level": part.level},
            "section": blueprint_sections(part.section),
        },
        where,
    )
    for tool in part.tools:
        if tool not in TOOLS:
            raise InputRefused(
                mark("there is no tool '{tool}'"),
                where=where,
                remedy=mark("Write some of {choice}, or leave the list empty"),
                tool=tool,
                choice=TOOLS,
            )
    terms = divided(_terms(part), part.section, [one.id for one in blueprint.sections], where)
    opened = _bank(station, part, where)
    with opened.reader:
        forms, told = _forms(station, opened, blueprint, part, session, where)
    manifest = opened.manifest
    plan = ExamPlan(
        id=part.id,
        title=manifest.title | part.title,
        discipline=manifest.title,
        level=level_title(level),
        bank=BankRef(
            bank=manifest.bank,
            version=manifest.version,
            target=target_name(manifest.bank, manifest.version),
            image_sha256=manifest.image_sha256,
        ),
        terms=terms,
        total_points=written(blueprint.max_score),
        pass_mark=blueprint.pass_points,
        tools=part.tools,
    )
    return PlannedExam(
        plan, blueprint, forms, told, opened.scoring.bank_key, opened.scoring.scoring_version
    )


def _terms(part: ExamPart) -> Terms:
    return Terms(
        duration_ms=part.duration_minutes * MINUTE_MS,
        earliest_hand_in_ms=part.earliest_hand_in_minutes * MINUTE_MS,
        most_extension_ms=part.most_extension_minutes * MINUTE_MS,
        most_given_back_ms=part.most_given_back_minutes * MINUTE_MS,
        most_pauses=part.most_pauses,
        most_breaks=part.most_breaks,
        free_breaks=part.free_breaks,
    )


def _level(part: ExamPart, where: str) -> Level:
    for level in get_args(Level):
        if part.level == level:
            found: Level = level
            return found
    raise InputRefused(
        mark("there is no level '{level}'"),
        where=where,
        remedy=mark("Write one of {choice}"),
        level=part.level,
        choice=get_args(Level),
    )


def _bank(station: Station, part: ExamPart, where: str) -> OpenedBank:
    with station.registry.reading() as connection:
        versions = plans.bank_versions(connection, part.bank)
        version = part.version or (versions[-1].version if versions else "")
        scorings = plans.scoring_versions(connection, part.bank, version)
    if not scorings:
        raise InputRefused(
            mark("the bank {bank} was not admitted here"),
            where=where,
            remedy=mark("Import it with its scoring: kiosk station import NAME.bank NAME.scoring"),
            bank=f"{part.bank} {version}".rstrip(),
        )
    opened = open_admitted(station, part.bank, version, scorings[-1].scoring_version)
    if part.level not in opened.manifest.levels:
        opened.reader.close()
        raise InputRefused(
            mark("the bank {bank} {version} has no items for level {level}"),
            where=where,
            remedy=mark("It has items for {levels}"),
            bank=part.bank,
            version=version,
            level=part.level,
            levels=opened.manifest.levels,
        )
    return opened


def _forms(
    station: Station,
    opened: OpenedBank,
    blueprint: Blueprint,
    part: ExamPart,
    session: str,
    where: str,
) -> tuple[tuple[Form, ...], tuple[FormFigures, ...]]:
    entries = {entry.item: entry for entry in opened.scoring.entries}
    sources = {entry.source: entry.item for entry in opened.scoring.entries}
    templates = {entry.group for entry in opened.scoring.entries}
    named = {name for names in part.enemies for name in names}
    unknown = sorted(named - sources.keys() - templates)
    if unknown:
        raise InputRefused(
            mark("enemies names items that the bank does not have: {items}"),
            where=where,
            remedy=mark("Write them as their author named them"),
            items=unknown[:5],
        )
    history = history_of(station, part.bank, blueprint.level, but_not=session)
    uses = {sources[name]: count for name, count in history.uses.items() if name in sources}
    standard = read_standard(opened.scoring.standard, f"standard of {part.bank}")
    index = index_of(opened.scoring.entries, standard, history.difficulties, part.enemies)
    forms = assemble(
        blueprint,
        standard,
        index,
        seed=os.urandom(32),
        forms=part.forms,
        name=part.id,
        overlap=part.overlap,
        uses=uses,
    )
    for form in forms:
        for section in form.sections:
            marking = blueprint.section(section.id).marking
            for item in section.items:
                check_marking(marking, entries[item].rules)
    return forms, figures(forms, index, uses)
