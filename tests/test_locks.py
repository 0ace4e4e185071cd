"""The locks give what pyproject.toml asks for, and the same versions to every program."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def locked(role):
    """Name to version of a lock (where it depends on the Python, the one for this Python)."""
    lines = (ROOT / "requirements" / f"{role}.txt").read_text("utf-8").splitlines()
    requirements = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"\w", line)]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in requirements
        if one.marker is None or one.marker.evaluate()
    }


@pytest.mark.parametrize("role", EXTRAS)
def test_a_lock_holds_what_the_project_asks_for(role):
    versions = locked(role)
    for text in [*PROJECT["dependencies"], *EXTRAS[role]]:
        wanted = Requirement(text)
        if wanted.name != PROJECT["name"]:
            assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), text


@pytest.mark.parametrize("role", [role for role in EXTRAS if role != "dev"])
def test_a_program_runs_on_the_versions_that_were_tested(role):
    assert locked(role).items() <= locked("dev").items()


@pytest.mark.parametrize("role", EXTRAS)
def test_every_locked_version_has_its_hashes(role):
    lock = (ROOT / "requirements" / f"{role}.txt").read_text("utf-8")
    entries = re.split(r"\n(?=\w)", lock)
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("role", EXTRAS)
def test_a_lock_names_no_place_to_fetch_from(role):
    # Which index to use is for the machine to say, not for the project.
    lock = (ROOT / "requirements" / f"{role}.txt").read_text("utf-8")
    assert not re.search(r"://|^-(?!-hash)|index|find-links|file:", lock, re.MULTILINE)


@pytest.mark.parametrize(
    ("role", "absent"),
    [
        ("station", "pyside6-essentials"),
        ("terminal", "sqlalchemy"),
        ("verify", "pyside6-essentials"),
        ("verify", "sqlalchemy"),
        ("terminal", "pyside6-addons"),
    ],
)
def test_a_program_is_spared_what_it_does_not_use(role, absent):
    assert absent not in locked(role)
