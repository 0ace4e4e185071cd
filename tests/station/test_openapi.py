"""The document of what machines may ask is made from the code, and the server does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import settings

from kiosk.station.web.app import create_app
from kiosk.station.web.openapi import PAGE, document
from tests.station.builders import a_day
from tests.station.lines import serving

ROOT = Path(__file__).parents[2]


@schemathesis.serializer("application/cose")
def _cose(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


schema = schemathesis.openapi.from_path(str(ROOT / PAGE))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(a_day(tmp_path_factory.mktemp("station"))) as port:
        yield port


def test_the_document_is_what_the_code_makes() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == document(), "run `make docs`"


@schema.parametrize()
@settings(max_examples=10)
def test_the_server_does_what_its_document_says(case: Any, port: int) -> None:
    case.call_and_validate(base_url=f"http://127.0.0.1:{port}")


@pytest.mark.campaign
@schema.parametrize()
@settings(max_examples=3000)
def test_the_server_does_what_its_document_says_at_length(case: Any, port: int) -> None:
    case.call_and_validate(base_url=f"http://127.0.0.1:{port}")


def test_the_console_serves_the_line_too(tmp_path: Path) -> None:
    app = create_app(a_day(tmp_path).station)
    assert {"/api/sync/1", "/api/repository/{name}"} <= set(app.openapi()["paths"])
