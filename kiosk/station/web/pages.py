"""Pages: a template, the reader's language, and what every page has.

In a template `text("...")` and `ntext("...", "...", n)` say sentences in the page's language; `visit` is who
reads it, `instant`, `day` and `number` write values. Everything else is escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from msgspec import Struct
from starlette.datastructures import FormData, UploadFile

import kiosk.words
from kiosk.artefacts.incident_words import incidents_said
from kiosk.errors import InputRefused, Value
from kiosk.scoring.numbers import shown
from kiosk.station.banks import bank_titles, bank_words
from kiosk.station.comparing import END_WORDS, PACKAGE_WORDS
from kiosk.station.home import Station
from kiosk.station.users import ROLE_WORDS, Right
from kiosk.station.web import visits
from kiosk.station.web.visits import Visit
from kiosk.ui.tokens import Theme, colours
from kiosk.words import mark, text
from kiosk.words.again import again
from kiosk.words.places import place


class Part(Struct, frozen=True):
    """A part of the console in the row at the top: for those with `right`."""

    path: str
    title: str
    right: Right


PARTS = (
    Part("/sessions", mark("Sessions"), Right.SEE),
    Part("/plans", mark("Plan"), Right.PLAN),
    Part("/publish", mark("Publish"), Right.PLAN),
    Part("/imports", mark("Import"), Right.SEE),
    Part("/marking", mark("Marking"), Right.MARK),
    Part("/results", mark("Results"), Right.RESULTS),
    Part("/certificates", mark("Certificates"), Right.RESULTS),
    Part("/analysis", mark("Analysis"), Right.ANALYSE),
    Part("/quarantine", mark("Quarantine"), Right.SEE),
    Part("/devices", mark("Devices"), Right.ADMINISTER),
    Part("/users", mark("Users"), Right.ADMINISTER),
    Part("/acts", mark("Record"), Right.AUDIT),
)


VERDICT_WORDS = {
    "imported": mark("imported"),
    "duplicate": mark("known before"),
    "conflict": mark("in conflict with another one"),
    "refused": mark("refused and kept"),
}


def page(
    request: Request, visit: Visit, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A template filled with `values`.

    Args:
        template: its name under `templates/`.
    """
    content = (
        _environment()
        .get_template(template)
        .render(
            values,
            lang=visit.lang,
            visit=visit,
            parts=[part for part in PARTS if visit.may(part.right)],
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            notices=request.app.state.notices.pop(visit.csrf, ()),
        )
    )
    response = HTMLResponse(content, status)
    if hasattr(request.state, "new_token"):
        visits.set_token(request, response, request.state.new_token)
    return response


def bank_names(station: Station, visit: Visit) -> Callable[[str, str], str]:
    """Says a bank, by its id and version (which may be empty), as this visitor reads it."""
    return partial(bank_words, bank_titles(station), lang=visit.lang)


async def table_of(form: FormData) -> tuple[str, bytes]:
    """The name and the bytes of the file `table` of a form.

    Raises:
        InputRefused: none was chosen.
    """
    given = form.get("table")
    if not isinstance(given, UploadFile) or not given.filename:
        raise InputRefused(
            mark("no file was chosen"), remedy=mark("Choose a table, and send it again")
        )
    return given.filename, await given.read()


def go(path: str) -> RedirectResponse:
    """To another page, after a form was done: reloading it does nothing twice."""
    return RedirectResponse(path, 303)


def tell(request: Request, visit: Visit, sentence: str, **values: Value) -> None:
    """A notice on the next page this visitor opens; `sentence` is named with `mark`."""
    notices: dict[str, tuple[str, ...]] = request.app.state.notices
    said = text(sentence, visit.lang, **values)
    notices[visit.csrf] = (*notices.get(visit.csrf, ()), said)[-5:]
    while len(notices) > 1_000:
        notices.pop(next(iter(notices)))


@cache
def tokens_css() -> str:
    """The colours of the one design, light and dark, as CSS variables."""

    def block(theme: Theme) -> str:
        return "".join(
            f"--{role.replace('_', '-')}:{colour};" for role, colour in colours(theme).items()
        )

    return (
        f":root{{color-scheme:light dark;{block(Theme.LIGHT)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{block(Theme.DARK)}}}}}\n"
        f"@media (prefers-contrast:more){{:root{{{block(Theme.CONTRAST)}}}}}\n"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kiosk.station.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "text": _text,
        "ntext": _ntext,
        "role_words": ROLE_WORDS,
        "package_words": PACKAGE_WORDS,
        "end_words": END_WORDS,
        "verdict_words": VERDICT_WORDS,
    }
    environment.filters |= {
        "again": _again,
        "incidents": _incidents,
        "place": _place,
        "instant": instant,
        "day": day,
        "number": number,
        "exact": exact,
        "minutes": minutes,
    }
    return environment


@pass_context
def _text(context: Context, sentence: str, **values: object) -> str:
    return text(sentence, context["lang"], **values)


@pass_context
def _again(context: Context, said: str) -> str:
    return again(said, context["lang"])


@pass_context
def _incidents(context: Context, codes: tuple[str, ...]) -> str:
    return incidents_said(codes, context["lang"])


@pass_context
def _place(context: Context, where: str) -> str:
    return place(where, context["lang"])


@pass_context
def _ntext(context: Context, one: str, many: str, n: int, **values: object) -> str:
    # Called by its full name: what is said stands in the templates, and is found there.
    return kiosk.words.ntext(one, many, n, context["lang"], **values)


def instant(at: int | None) -> str:
    """A moment on the station's clock, to the minute."""
    return "" if at is None else _local(at).strftime("%Y-%m-%d %H:%M")


def day(at: int) -> str:
    return _local(at).strftime("%Y-%m-%d")


def number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


@lru_cache(maxsize=4096)
def exact(score: str) -> str:
    """An exact number text as a person reads it."""
    return shown(score)


def minutes(ran_ms: int) -> str:
    """A time that was used, as minutes and seconds."""
    return f"{ran_ms // 60_000}:{ran_ms // 1000 % 60:02}"


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone()
