"""`kiosk bank check`: everything that is wrong with a bank, or looks so, in plain words."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.authoring.compiled import CompiledBank
from kiosk.authoring.findings import Finding, by_severity
from kiosk.authoring.lint_alike import check_alike
from kiosk.authoring.lint_bank import check_whole
from kiosk.authoring.lint_items import check_item
from kiosk.errors import InputRefused
from kiosk.words import listed, mark


def check_bank(compiled: CompiledBank, lang: str = "en") -> tuple[Finding, ...]:
    """Every finding, errors first, in the language `lang`.

    What is said of one variant of a template is not said of the next; the bank as a whole is looked
    at with one variant of each.
    """
    findings = [
        Finding("error" if problem.refuses else "note", problem.item, problem.say(lang))
        for problem in compiled.problems
    ]
    for one in compiled.items:
        findings += check_item(one, compiled.source, compiled.media, lang)
    templates = {entry.id: entry.template for entry in compiled.source.entries if entry.template}
    alone = tuple(one for one in compiled.items if one.variant <= 1)
    whole = replace(compiled, items=alone)
    findings += check_whole(whole, lang)
    findings += check_alike(whole, lang)
    return by_severity(_once(findings, templates))


def _once(findings: list[Finding], templates: dict[str, str]) -> list[Finding]:
    said: set[tuple[str, str, str]] = set()
    kept = []
    for one in findings:
        words = (one.severity, templates.get(one.item, one.item), one.text)
        if one.item not in templates or words not in said:
            kept.append(one)
        said.add(words)
    return kept


def require_no_errors(compiled: CompiledBank, lang: str = "en") -> None:
    """Raises:
    InputRefused: the bank has errors; the first of them are named.
    """
    errors = [finding for finding in check_bank(compiled, lang) if finding.severity == "error"]
    if errors:
        first = listed(
            (f"{one.item or compiled.source.head.id}: {one.text}" for one in errors[:5]), lang, "; "
        )
        raise InputRefused(
            mark("the bank has {n} errors, among them: {first}"),
            where=compiled.source.folder.name,
            remedy=mark("`kiosk bank check` lists them all; put them right, then seal"),
            n=len(errors),
            first=first,
        )
