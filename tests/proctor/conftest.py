"""An exam day's devices, enrolled once for all tests and copied for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proctor.devices import Devices


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Devices:
    return Devices(tmp_path_factory.mktemp("proctor") / "day")


@pytest.fixture
def devices(enrolled: Devices, tmp_path: Path) -> Devices:
    return enrolled.copy(tmp_path / "day")
