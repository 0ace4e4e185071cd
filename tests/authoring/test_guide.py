"""The commands of docs/author.md run, in their order, as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.trust.keystore import write_record

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "author.md"


@pytest.mark.usefixtures("qapp")
def test_the_authors_guide_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "question_banks").symlink_to(ROOT / "question_banks")
    (tmp_path / "responses.jsonl").write_text('{"RESPONSE": ["C"]}\n')
    for role in (Role.OPENING, Role.RECOVERY):
        record = PrivateKeys.generate(role, "Station").record
        write_record(tmp_path / "records" / f"{role}.pub", record)
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.strip()]
    assert len(commands) >= 7
    for command in commands:
        program, *arguments = shlex.split(command.replace("NAME", "rare_earth_extraction"))
        assert program == "kiosk"
        assert run(arguments) == 0, command
    for suffix in ("bank", "scoring", "v2.scoring"):
        assert (tmp_path / "sealed" / f"rare_earth_extraction.{suffix}").is_file()


def test_the_bank_it_names_is_there() -> None:
    for name in re.findall(r"`(question_banks/[\w/.-]+)`", GUIDE.read_text("utf-8")):
        assert (ROOT / name).exists(), name
