"""What leaves the station: terminals' files and proctors' releases, never in one place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import open_release, read_release, release_file
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import enrol
from kiosk.station.publish import publish
from kiosk.trust.installed import Installed
from tests.station.builders import NOW, SESSION, a_day


@pytest.mark.parametrize("inside", ["usb", "usb/releases", "."])
def test_releases_are_never_written_with_the_terminals_files(tmp_path: Path, inside: str) -> None:
    day = a_day(tmp_path)

    with pytest.raises(InputRefused, match="with the terminals' files"):
        publish(day.station, tmp_path / "usb", tmp_path / inside, NOW)
    assert not (tmp_path / "usb").exists()


def test_a_release_opens_for_its_proctors_alone(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    publish(day.station, tmp_path / "usb", tmp_path / "desk", NOW)

    data = (tmp_path / "desk" / f"{SESSION}.release").read_bytes()
    file = release_file(read_release(data), day.station.record(Role.STATION))

    assert len(open_release(file, day.proctors["李监考"]).seats) == 6
    with pytest.raises(NotPermitted):
        open_release(file, day.terminals["T-01"])


def test_a_revoked_key_is_known_to_those_who_install_again(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    usb = tmp_path / "usb"
    publish(day.station, usb, None, NOW)
    installed = Installed.bootstrap(tmp_path / "trust", (usb / "root.json").read_bytes())
    installed.refresh(usb, now=NOW)
    kid = day.proctors["李监考"].record.kid
    assert installed.trust().signer(kid, Role.PROCTOR)

    enrol.revoke(day.station, "李监考", NOW)
    publish(day.station, usb, None, NOW)
    installed.refresh(usb, now=NOW)

    with pytest.raises(NotPermitted, match="revoked"):
        installed.trust().signer(kid, Role.PROCTOR)


def test_sessions_long_over_are_no_longer_published(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    publish(day.station, tmp_path / "usb", None, NOW)

    later = publish(day.station, tmp_path / "usb", None, NOW + timedelta(days=15))

    assert (later.sessions, later.banks) == ((), ())
    assert not list((tmp_path / "usb").rglob("*.session"))


def test_what_is_published_expires_fourteen_days_after_the_last_window(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    published = publish(day.station, tmp_path / "usb", None, NOW)

    assert published.expires_at == day.opened.plan.window.closes_at + 14 * 86_400
