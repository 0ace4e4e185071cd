"""The reason of a score, in words a candidate or an appeal board can follow."""

from __future__ import annotations

from kiosk.scoring.reasons import (
    Asked,
    Assigned,
    Code,
    Exited,
    Looked,
    Mapped,
    Matched,
    Reason,
    Step,
    Tried,
)
from kiosk.words import mark, text

_CODES: dict[Code, str] = {
    "unanswered": mark("Not answered: 0 points."),
    "right": mark("Right."),
    "wrong": mark("Wrong."),
    "incomplete": mark("Incomplete, nothing wrong in it."),
    "options": mark("Marked option by option."),
    "blanks": mark("Marked blank by blank."),
    "own": mark("Marked by the item's own rule."),
    "people": mark("Not marked yet: people mark this answer."),
    "marked": mark("Marked by people."),
    "full_marks": mark("The question was at fault: everybody has its points."),
    "left_out": mark("The question was at fault: it counts for nobody."),
    "also_right": mark("Right: this answer was accepted afterwards."),
}
_TRIED = {
    True: mark("Condition {place} holds: {test}."),
    False: mark("Condition {place} does not hold: {test}."),
    None: mark("Condition {place} has no value and does not hold: {test}."),
}


def explain_reason(reason: Reason, lang: str) -> tuple[str, ...]:
    """Why an answer got its points: a sentence each for the verdict, the options and the steps."""
    said = [text(_CODES[reason.code], lang)]
    if reason.right:
        said.append(text("Right: {options}.", lang, options=reason.right))
    if reason.wrong:
        said.append(text("Wrong: {options}.", lang, options=reason.wrong))
    if reason.missed:
        said.append(text("Missed: {options}.", lang, options=reason.missed))
    if reason.gave:
        said.append(text("Given: {points}.", lang, points=reason.gave))
    return (*said, *explain_trace(reason.steps, lang))


def explain_trace(steps: tuple[Step, ...], lang: str) -> tuple[str, ...]:
    """The steps of an item's response processing, one sentence each."""
    return tuple(_explain(step, lang) for step in steps)


def _explain(step: Step, lang: str) -> str:
    match step:
        case Matched(response, given, correct, right):
            values = {
                "response": response,
                "given": given or "-",
                "correct": correct,
            }
            if right:
                return text("{response}: {given} is the correct answer.", lang, **values)
            return text("{response}: {given} is not the correct answer {correct}.", lang, **values)
        case Mapped(response, earned, total):
            pairs = [f"{value} = {points}" for value, points in earned] or "-"
            return text(
                "{response} earns {total} by its mapping ({pairs}).",
                lang,
                response=response,
                total=total,
                pairs=pairs,
            )
        case Tried(place, test, result):
            return text(_TRIED[result], lang, place=place, test=test)
        case Looked(outcome, source, target):
            values = {"outcome": outcome, "source": source or "-", "target": target or "-"}
            return text("In the table of {outcome}, {source} gives {target}.", lang, **values)
        case Asked(question, answer):
            return text("{question} gives {answer}.", lang, question=question, answer=answer or "-")
        case Exited():
            return text("The rules end here.", lang)
        case Assigned(outcome, value):
            return text("{outcome} becomes {value}.", lang, outcome=outcome, value=value or "-")
