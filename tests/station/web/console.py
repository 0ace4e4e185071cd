"""A browser without a screen for the console's tests: one station, people signed in, forms filled.

console = a_console(folder)              a day's station, its app, users of every role
planner = console.as_("planner")
planner.post("/plans", {...})            with the form's token, as a page would send it
"""

from __future__ import annotations

import re
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kiosk.station import users
from kiosk.station.home import Station
from kiosk.station.users import UserRole
from kiosk.station.web.app import create_app
from tests.station.builders import Day, a_day

PASSWORD = "four words in a row"


@dataclass
class Browser:
    """One browser: cookies, and the token of the forms it was shown."""

    client: TestClient

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(
        self, path: str, fields: dict[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf(), **(fields or {})}, **options)

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.client.get("/sign-in").text)
        assert found is not None
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return self.post("/sign-in", {"name": name, "password": password, **fields})


@dataclass
class Console:
    """A station's app, and a browser for each who asks."""

    day: Day
    app: FastAPI
    clock: list[datetime] = field(default_factory=list)

    def browser(self, lang: str = "en", **options: Any) -> Browser:
        client = TestClient(self.app, headers={"accept-language": lang}, **options)
        return Browser(client)

    def as_(self, role: str, lang: str = "en") -> Browser:
        """Somebody of that role, signed in."""
        browser = self.browser(lang)
        assert browser.sign_in(role).status_code == 200
        return browser

    @property
    def station(self) -> Station:
        return self.day.station


class Here(Executor):
    """Does the work at once, in this process: starting another takes a second."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:  # noqa: BLE001 - it is the caller's
            future.set_exception(fault)
        return future


@cache
def _hasher() -> PasswordHasher:
    """What a password costs is not what most tests are about."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def a_console(folder: Path, *, planned: bool = True) -> Console:
    """A console over a fresh day's station."""
    return console_of(a_day(folder, planned=planned))


def console_of(day: Day) -> Console:
    """A console over a day's station; each role has a user of its name."""
    users._hasher = _hasher
    console = Console(day, FastAPI())
    console.clock = [datetime.now(UTC)]
    for role in UserRole:
        users.add_user(day.station, role, PASSWORD, [role], console.clock[0], by="test")
    console.app = create_app(day.station, clock=lambda: console.clock[0], executor=Here)
    return console
