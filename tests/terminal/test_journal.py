"""The journal keeps what it said it kept, tells a disk nothing, and refuses to open when spoilt."""

import sqlite3
import stat

import pytest

from kiosk.artefacts import chain
from kiosk.artefacts.challenge import Phase
from kiosk.assessment.sitting import Answered
from kiosk.errors import StorageFault
from kiosk.terminal.journal import Journal, Pulse, journal_path
from kiosk.terminal.storage import InUse, RecordDamaged
from kiosk.terminal.witness import Tip

SESSION, KID, KEY = "R15-0301", b"terminal", b"k" * 32
PULSE = Pulse("boot", 1_000, 1_790_000_000, Phase.RUNNING, 3000, 5)


def answered(n):
    return chain.Happened(Answered(n, "item", "RESPONSE", (f"the answer number {n}",)))


def opened(path):
    return Journal(path, SESSION, KID)


@pytest.fixture
def path(tmp_path):
    return journal_path(tmp_path / "journals", SESSION)


@pytest.fixture
def journal(path):
    journal = opened(path)
    journal.unlock(KEY)
    yield journal
    journal.close()


def spoil(path, *statements):
    """Change the file as somebody with another program would."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def filled(path, count=20):
    journal = opened(path)
    journal.unlock(KEY)
    for n in range(count):
        journal.append([answered(n)], PULSE)
    journal.close()


def test_what_was_appended_is_there_after_reopening(path):
    filled(path)
    journal = opened(path)
    assert journal.tip.count == 20
    assert journal.pulse == PULSE
    assert journal.unlock(KEY) == tuple(answered(n) for n in range(20))
    assert journal.tip.head == chain.head_of(SESSION, KID, journal.entries)
    journal.close()


def test_records_given_together_are_kept_together_or_not_at_all(journal):
    journal.append([answered(1), answered(2)], PULSE)
    before = journal.tip
    with pytest.raises(StorageFault):
        journal.append([answered(3)], Pulse(None, 0, 0, Phase.IDLE))
    assert journal.tip == before
    journal.append([answered(4)], PULSE)
    assert journal.tip.count == 3


def test_count_and_head_can_be_read_before_the_release_and_nothing_can_be_added(path):
    filled(path)
    journal = opened(path)
    assert journal.tip.count == 20
    with pytest.raises(ValueError, match="not unlocked"):
        journal.append([answered(1)], PULSE)
    journal.close()


def test_a_disk_tells_nobody_an_answer(path):
    filled(path)
    for file in path.parent.iterdir():
        assert b"answer number" not in file.read_bytes()


def test_its_files_are_its_users_alone(path):
    filled(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET box = x'00' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 20",
        "INSERT OR REPLACE INTO entry VALUES (20, x'00', x'00', x'00')",
        "INSERT INTO entry VALUES (22, x'00', x'00', x'00')",
        "INSERT INTO entry VALUES (21, x'00', x'00', x'00')",
        "DELETE FROM room",
    ],
)
def test_rows_are_only_ever_added_at_the_end(path, journal, statement):
    for n in range(20):
        journal.append([answered(n)], PULSE, room=n + 1)
    journal.close()
    with pytest.raises(sqlite3.IntegrityError):
        spoil(path, statement)
    journal.__init__(path, SESSION, KID)


def test_the_heartbeat_overwrites_one_row_outside_the_chain(path, journal):
    tip = journal.tip
    for at_ms in (1, 2, 3):
        journal.beat(Pulse("boot", at_ms, 5, Phase.RUNNING))
    assert journal.tip == tip
    assert journal._rows("SELECT count(*) FROM pulse") == [(1,)]
    assert journal.pulse.at_ms == 3


def test_a_room_number_is_used_up_with_its_records(path, journal):
    journal.append([answered(1)], PULSE, room=3)
    journal.close()
    journal.__init__(path, SESSION, KID)
    assert journal.last_room == 3
    journal.unlock(KEY)
    with pytest.raises(StorageFault):
        journal.append([answered(2)], PULSE, room=3)
    assert journal.tip.count == 1


def test_another_key_or_terminal_does_not_open_it(path):
    filled(path)
    journal = opened(path)
    with pytest.raises(RecordDamaged):
        journal.unlock(b"x" * 32)
    journal.close()
    with pytest.raises(RecordDamaged):
        Journal(path, SESSION, b"another.")


def test_two_programs_do_not_write_one_journal(path, journal):
    with pytest.raises(InUse):
        opened(path)


def test_a_missing_tail_is_found(path):
    filled(path)
    spoil(
        path,
        "DROP TRIGGER entry_is_not_removed",
        "DELETE FROM entry WHERE seq = 20",
        "CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    )
    with pytest.raises(RecordDamaged, match="20: some are missing"):
        opened(path)


def test_a_missing_trigger_is_found(path):
    filled(path)
    spoil(path, "DROP TRIGGER entry_is_not_changed")
    with pytest.raises(RecordDamaged, match="not the tables of a journal"):
        opened(path)


def test_a_journal_that_is_gone_is_not_begun_again(path):
    filled(path)
    path.unlink()
    with pytest.raises(RecordDamaged, match="is gone"):
        opened(path)


def test_a_witness_that_is_gone_is_not_made_again(path):
    filled(path)
    path.with_suffix(".seen").unlink()
    with pytest.raises(RecordDamaged, match="witness file is gone"):
        opened(path)


def test_a_power_cut_while_it_is_begun_harms_nothing(path):
    filled(path, count=0)
    path.with_suffix(".seen").unlink()
    filled(path)
    journal = opened(path)
    assert journal.tip.count == 20
    journal.close()


def test_a_witness_written_in_part_is_believed_as_it_was_before(path):
    journal = opened(path)
    journal.unlock(KEY)
    for n in range(3):
        journal.append([answered(n)], PULSE)
    journal.close()
    seen = path.with_suffix(".seen")
    whole = seen.read_bytes()
    half = len(whole) // 2
    for torn in (
        whole[:20] + bytes(half - 20) + whole[half:],
        whole[: half + 20] + bytes(half - 20),
    ):
        seen.write_bytes(torn)
        again = opened(path)
        assert again.tip.count == 3
        again.close()
    seen.write_bytes(whole[:20] + bytes(half - 20) + whole[half : half + 20] + bytes(half - 20))
    with pytest.raises(RecordDamaged, match="witness file is damaged"):
        opened(path)


def test_a_witness_that_lags_behind_is_believed_up_to_its_count(path):
    filled(path, count=5)
    lagging = path.with_suffix(".seen").read_bytes()
    filled_more = opened(path)
    filled_more.unlock(KEY)
    filled_more.append([answered(9)], PULSE)
    filled_more.close()
    path.with_suffix(".seen").write_bytes(lagging)
    journal = opened(path)
    assert journal.tip.count == 6
    journal.close()


@pytest.mark.parametrize("session", ["../../etc/passwd", ".hidden", "a/b", "x" * 200, "批次"])
def test_an_odd_session_id_is_no_path(tmp_path, session):
    assert journal_path(tmp_path, session).parent == tmp_path
    assert len(journal_path(tmp_path, session).name) < 90


def test_an_empty_journal_has_the_first_head(journal):
    assert journal.tip == Tip(0, chain.first_head(SESSION, KID))
