"""`kiosk bank ...`: the contract of names, JSON and exit codes, and the author's way from end to end."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from kiosk.artefacts.enrolment import read_enrolment
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import ScoringContent, open_scoring, read_envelope, read_scoring
from kiosk.authoring.instantiate import TRIAL_SEED
from kiosk.authoring.try_item import read_item_rules
from kiosk.cli import run
from kiosk.scoring.blueprint import read_blueprint
from kiosk.scoring.standard import read_standard
from kiosk.station.assembly import assemble, index_of
from kiosk.trust.keystore import FileKeyStore, read_record, write_record
from tests.authoring.builders import a_bank, a_choice, a_text_entry, four_choices
from tests.authoring.template_items import a_sum


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_LANG", "en")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return a_bank(tmp_path / "acids", *four_choices())


class Station:
    def __init__(self, folder: Path) -> None:
        self.public = folder
        self.opening = PrivateKeys.generate(Role.OPENING, "Station")
        for keys in (
            self.opening,
            PrivateKeys.generate(Role.RECOVERY, "Recovery"),
            PrivateKeys.generate(Role.STATION, "Station"),
        ):
            write_record(folder / f"{keys.record.role}.pub", keys.record)


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path / "public")


@pytest.fixture
def author(tmp_path: Path) -> Path:
    assert run(["bank", "keygen", "--name", "Li Hua", "--out", str(tmp_path / "key")]) == 0
    return tmp_path / "key"


def seal(bank: Path, author: Path, station: Station, out: Path, *more: str) -> int:
    paths = ["--author", str(author), "--station", str(station.public), "--out", str(out)]
    return run(["bank", "seal", str(bank), *paths, *more])


def test_keygen_makes_a_private_key_and_a_request_the_station_can_prove(author: Path) -> None:
    assert stat.S_IMODE((author / "private.key").stat().st_mode) == 0o600
    record = read_record(author / "author.pub")
    assert read_enrolment((author / "author.enrol").read_bytes()).record == record
    assert (record.role, record.name) == (Role.AUTHOR, "Li Hua")


def test_keygen_never_overwrites_a_key(author: Path) -> None:
    before = (author / "private.key").read_bytes()
    assert run(["bank", "keygen", "--name", "Other", "--out", str(author)]) == 5
    assert (author / "private.key").read_bytes() == before


def test_check_prints_its_findings_and_passes_a_good_bank(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bank", "check", str(bank), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": 4, "findings": []}


def test_check_ends_with_3_when_there_are_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = a_bank(tmp_path / "bad", a_choice("E", identifier="X"))
    assert run(["bank", "check", str(bad), "--json"]) == 3
    first = json.loads(capsys.readouterr().out)["findings"][0]
    assert first == {
        "severity": "error",
        "item": "X",
        "text": "the key 'E' is none of the choices; name one that is there",
    }


def test_seal_writes_two_files_the_station_can_open(
    bank: Path, author: Path, station: Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert seal(bank, author, station, tmp_path / "out", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["items"] == {"single_choice": 4}
    assert made["scoring_version"] == 1
    record = FileKeyStore(author).load().record
    frame = read_scoring(Path(made["scoring"]).read_bytes())
    envelope, manifest = read_envelope(frame, record)
    content = open_scoring(envelope, manifest, station.opening)
    assert {entry.source for entry in content.entries} == {"I0", "I1", "I2", "I3"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "acids.bank",
        "acids.scoring",
    ]
    assert stat.S_IMODE(Path(made["record"]).stat().st_mode) == 0o600


def test_what_an_analysis_found_hard_is_what_the_next_form_takes_for_hard(
    bank: Path, author: Path, station: Station, tmp_path: Path
) -> None:
    names = ("I0", "I1", "I2", "I3")
    rows = [",".join(str(int(n < right)) for right in (36, 8, 34, 10)) for n in range(40)]
    (tmp_path / "scores.csv").write_text("\n".join([",".join(names), *rows]))
    proved = str(tmp_path / "proved.json")
    matrix = ["--matrix", str(tmp_path / "scores.csv"), "--difficulties", proved]
    assert run(["station", "analyse", *matrix]) == 0
    assert seal(bank, author, station, tmp_path / "out", "--difficulties", proved) == 0

    record = FileKeyStore(author).load().record
    frame = read_scoring((tmp_path / "out" / "acids.scoring").read_bytes())
    content = open_scoring(*read_envelope(frame, record), station.opening)
    found = {entry.source: entry.difficulty for entry in content.entries}
    assert found == {"I0": 100, "I1": 800, "I2": 150, "I3": 750}
    standard = read_standard(content.standard)
    index = index_of(content.entries, standard)
    for wanted, taken in (("0.78", {"I1", "I3"}), ("0.12", {"I0", "I2"})):
        blueprint = read_blueprint(
            {
                "blueprint": {"id": "b", "level": "L5", "pass": 0, "difficulty": float(wanted)},
                "section": [{"kind": "single_choice", "count": 2, "points": 1}],
            }
        )
        (form,) = assemble(blueprint, standard, index, seed=bytes(32))
        assert {one.source for one in content.entries if one.item in form.items} == taken


def test_difficulties_of_few_answers_or_of_another_bank_do_not_count(
    bank: Path, author: Path, station: Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def proved(name: str, told: object) -> tuple[str, str]:
        (tmp_path / name).write_text(json.dumps(told))
        return "--difficulties", str(tmp_path / name)

    once = {"items": {"I0": {"difficulty": 0.9, "answers": 20}}, "bank": "acids"}
    other = {
        "items": {"I0": {"difficulty": 0.3, "answers": 40}, "I9": {"difficulty": 1, "answers": 9}}
    }
    few, more = proved("few.json", once), proved("more.json", other)
    record = FileKeyStore(author).load().record
    for files, difficulty in ((few, 300), ((*few, *more), 500)):
        out = tmp_path / f"out{difficulty}"
        assert seal(bank, author, station, out, *files) == 0
        content = open_scoring(
            *read_envelope(read_scoring((out / "acids.scoring").read_bytes()), record),
            station.opening,
        )
        assert next(one.difficulty for one in content.entries if one.source == "I0") == difficulty
    (tmp_path / "deep.json").write_text('{"x":' + "[" * 100_000)
    deep = ("--difficulties", str(tmp_path / "deep.json"))
    assert seal(bank, author, station, tmp_path / "none", *deep) == 4
    for wrong in (
        once | {"bank": "bases"},
        {"items": {"X": {"difficulty": 0.5, "answers": 40}}},
        {"items": {"I0": {"difficulty": 1.5, "answers": 40}}},
        {"items": {"I0": {"difficulty": "NaN", "answers": 40}}},
        [],
    ):
        assert seal(bank, author, station, tmp_path / "none", *proved("wrong.json", wrong)) == 4
        assert "wrong.json" in capsys.readouterr().err


def test_seal_refuses_a_bank_with_errors(author: Path, station: Station, tmp_path: Path) -> None:
    bad = a_bank(tmp_path / "bad", a_choice("E", identifier="X"))
    assert seal(bad, author, station, tmp_path / "out") == 4
    assert not (tmp_path / "out").exists()


def test_seal_never_overwrites_a_bank_that_may_be_out(
    bank: Path, author: Path, station: Station, tmp_path: Path
) -> None:
    assert seal(bank, author, station, tmp_path / "out") == 0
    before = (tmp_path / "out" / "acids.bank").read_bytes()
    assert seal(bank, author, station, tmp_path / "out") == 4
    assert (tmp_path / "out" / "acids.bank").read_bytes() == before


def test_seal_needs_records_that_can_open(
    bank: Path, author: Path, station: Station, tmp_path: Path
) -> None:
    for name in ("opening", "station"):
        paths = ["--author", str(author), "--out", str(tmp_path / "out")]
        record = str(station.public / f"{name}.pub")
        assert run(["bank", "seal", str(bank), *paths, "--station", record]) == 4


def test_a_key_that_others_can_read_is_not_used(
    bank: Path, author: Path, station: Station, tmp_path: Path
) -> None:
    (author / "private.key").chmod(0o644)
    assert seal(bank, author, station, tmp_path / "out") == 5


def test_a_later_scoring_version_keeps_the_bank(
    bank: Path, author: Path, station: Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert seal(bank, author, station, out) == 0
    item = bank / "items" / "I2.en.xml"
    item.write_text(item.read_text().replace("<qti-value>C<", "<qti-value>A<"))
    capsys.readouterr()
    again = ["--scoring-for", str(out / "acids.bank"), "--json"]
    assert seal(bank, author, station, out, *again) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["bank"], made["scoring_version"]) == (None, 2)
    assert Path(made["scoring"]).name == "acids.v2.scoring"
    assert seal(bank, author, station, out, *again) == 0
    assert (out / "acids.v3.scoring").exists()


def test_a_later_scoring_version_needs_the_key_folder_that_sealed(
    bank: Path, author: Path, station: Station, tmp_path: Path
) -> None:
    assert seal(bank, author, station, tmp_path / "out") == 0
    other = tmp_path / "other"
    assert run(["bank", "keygen", "--name", "Other", "--out", str(other)]) == 0
    again = ["--scoring-for", str(tmp_path / "out" / "acids.bank")]
    assert seal(bank, other, station, tmp_path / "out", *again) in (4, 5)


def test_seal_makes_the_variants_asked_for_and_a_seed_makes_them_again(
    author: Path, station: Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = a_bank(tmp_path / "sums", a_sum())
    seed = ["--seed", "5a" * 32]

    def content(name: str, *more: str) -> ScoringContent:
        assert seal(bank, author, station, tmp_path / name, *more) == 0
        frame = read_scoring(next((tmp_path / name).glob("*.scoring")).read_bytes())
        return open_scoring(
            *read_envelope(frame, FileKeyStore(author).load().record), station.opening
        )

    def keyed(content: ScoringContent) -> dict[str, tuple[str, ...] | None]:
        return {entry.source: entry.rules.responses[0].correct for entry in content.entries}

    assert list(keyed(content("one"))) == ["T1.v1"]
    three = content("three", "--variants", "3", *seed)
    assert sorted(keyed(three)) == ["T1.v1", "T1.v2", "T1.v3"]
    assert three.template_seed == bytes.fromhex(seed[1])
    assert keyed(content("again", "--variants", "3", *seed)) == keyed(three)
    fresh = [content(name).template_seed for name in ("x", "y")]
    assert fresh[0] != fresh[1]
    later = ["--scoring-for", str(tmp_path / "three" / "sums.bank")]
    assert keyed(content("later", *later)) == keyed(three)
    assert seal(bank, author, station, tmp_path / "no", *later, "--variants", "3") == 4
    assert seal(bank, author, station, tmp_path / "no", *later, *seed) == 4


def test_score_prints_one_line_of_outcomes_for_each_of_responses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item, responses = tmp_path / "i.xml", tmp_path / "r.jsonl"
    item.write_bytes(a_text_entry("4.5", base_type="float"))
    responses.write_text('{"RESPONSE": ["4.5"]}\n\n{"RESPONSE": []}\n{"RESPONSE": ["x"]}\n{}\n')
    assert run(["bank", "score", str(item), "--responses", str(responses)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"SCORE": 1.0}, {"SCORE": 0.0}, {"SCORE": 0.0}, {"SCORE": 0.0}]


def test_score_explains_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item, responses = tmp_path / "i.xml", tmp_path / "r.jsonl"
    item.write_bytes(a_choice("A"))
    responses.write_text('{"RESPONSE": ["B"]}\n')
    assert run(["bank", "score", str(item), "--responses", str(responses), "--explain"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "not the correct answer A" in " ".join(json.loads(line)["explanation"])


@pytest.mark.parametrize(
    "line", ["A", '["A"]', '{"RESPONSE": "A"}', '{"RESPONSE": [1]}', '{"OTHER": ["A"]}']
)
def test_score_refuses_what_is_no_response(tmp_path: Path, line: str) -> None:
    item, responses = tmp_path / "i.xml", tmp_path / "r.jsonl"
    item.write_bytes(a_choice("A"))
    responses.write_text(line)
    assert run(["bank", "score", str(item), "--responses", str(responses)]) == 4


def test_score_takes_the_variant_of_a_template_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item, responses = tmp_path / "i.xml", tmp_path / "r.jsonl"
    item.write_bytes(a_sum())
    seed = ["--seed", "ab" * 32]
    for more in ([], ["--variant", "7"], [*seed, "--variant", "2"]):
        rules = read_item_rules(
            item.read_bytes(),
            "i.xml",
            seed=bytes.fromhex(seed[1]) if seed[0] in more else TRIAL_SEED,
            variant=int(more[-1]) if more else 1,
        )
        responses.write_text(json.dumps({"RESPONSE": rules.responses[0].correct}))
        assert run(["bank", "score", str(item), "--responses", str(responses), *more]) == 0
        assert json.loads(capsys.readouterr().out) == {"SCORE": 1.0}


@pytest.mark.parametrize("seed", ["ab", "x" * 64, "ab" * 33])
def test_a_seed_that_is_none_is_refused(tmp_path: Path, seed: str) -> None:
    item, responses = tmp_path / "i.xml", tmp_path / "r.jsonl"
    item.write_bytes(a_sum())
    responses.write_text("{}")
    told = ["--responses", str(responses), "--seed", seed]
    assert run(["bank", "score", str(item), *told]) == 4


def test_check_counts_a_template_as_one_item(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = a_bank(tmp_path / "sums", a_sum(), a_choice("A"))
    assert run(["bank", "check", str(bank), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"] == 2


def test_import_reports_as_the_contract_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(a_choice("A"))
    bad.write_bytes(b"<html/>")
    out = ["--out", str(tmp_path / "bank"), "--json"]
    assert run(["bank", "import", str(good), str(bad), *out]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["imported"], found["notes"]) == (1, [])
    assert found["refused"][0]["file"] == str(bad)
    assert set(found["refused"][0]) == {"file", "item", "reason"}
    assert run(["bank", "import", str(good), "--out", str(tmp_path / "two")]) == 0
    assert run(["bank", "import", str(bad), "--out", str(tmp_path / "three")]) == 4
    assert run(["bank", "import", str(tmp_path / "none"), "--out", str(tmp_path / "four")]) == 4


@pytest.mark.usefixtures("qapp")
def test_preview_draws_the_item(tmp_path: Path) -> None:
    item, png = tmp_path / "i.xml", tmp_path / "i.png"
    item.write_bytes(a_choice("A"))
    assert run(["bank", "preview", str(item), "--png", str(png)]) == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    item.write_bytes(a_sum())
    drawn = []
    for variant in ("1", "1", "2"):
        told = ["--png", str(png), "--variant", variant]
        assert run(["bank", "preview", str(item), *told]) == 0
        drawn.append(png.read_bytes())
    assert drawn[0] == drawn[1] != drawn[2]
    item.write_bytes(b"<html/>")
    assert run(["bank", "preview", str(item), "--png", str(png)]) == 4


def test_every_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("import", "check", "keygen", "seal", "score", "preview"):
        assert run(["bank", command, "--help"]) == 0
        assert f"kiosk bank {command}" in capsys.readouterr().out


def test_the_example_is_written_once_and_comes_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "questions.xlsx")
    assert run(["bank", "example", "--out", file, "--lang", "zh-CN"]) == 0
    assert run(["bank", "import", file, "--out", str(tmp_path / "bank")]) == 0
    capsys.readouterr()
    assert run(["bank", "example", "--out", file]) == 4
    assert "--out" in capsys.readouterr().err


def test_questions_of_every_format_come_into_one_bank(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.txt").write_text("Is it? {T}\n")
    (folder / "b.txt").write_text("What?\nA) one\nB) two\nANSWER: B\n")
    (folder / "c.csv").write_bytes("题型,题干,答案\n判断,水是湿的,对\n".encode("gb18030"))
    (folder / "d.xml").write_bytes(a_choice("A", identifier="D"))
    (folder / "readme.txt").write_text("Dear reader")
    assert run(["bank", "import", str(folder), "--out", str(tmp_path / "bank"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["imported"] == 4
    assert [Path(note["file"]).name for note in said["notes"]] == ["readme.txt"]
