"""An exam day's devices, enrolled once for all tests and copied for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proctor.devices import Devices


@pytest.fixture(scope="module")
def quick_pin() -> Iterator[None]:
    """Argon2id at its least while these tests run; the key store's own tests say what it withstands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kiosk.trust.proctor_keys._PASSES", 1)
        patch.setattr("kiosk.trust.proctor_keys._MEMORY_KIB", 32)
        yield


@pytest.fixture(scope="module")
def enrolled(quick_pin: None, tmp_path_factory: pytest.TempPathFactory) -> Devices:
    return Devices(tmp_path_factory.mktemp("proctor") / "day")


@pytest.fixture
def devices(enrolled: Devices, tmp_path: Path) -> Devices:
    return enrolled.copy(tmp_path / "day")


@pytest.fixture(scope="module")
def installed(enrolled: Devices, tmp_path_factory: pytest.TempPathFactory) -> Devices:
    """The same with everything installed, for tests that begin at the desk."""
    devices = enrolled.copy(tmp_path_factory.mktemp("proctor") / "installed")
    devices.install(0)
    devices.install(1)
    return devices
