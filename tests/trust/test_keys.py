"""Private keys: readable by their owner alone, never overwritten, never shown; a proctor's guarded."""

from __future__ import annotations

import os
import stat
import traceback
from pathlib import Path

import pytest
from rich.pretty import pretty_repr

from kiosk.artefacts.codec import encode
from kiosk.artefacts.keys import sealing_key
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sealing import hpke_seal
from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.trust.key_file import KeyFile
from kiosk.trust.keystore import (
    FileKeyStore,
    ProctorKeyStore,
    card_text,
    new_card,
    read_card,
    read_record,
    write_record,
)
from kiosk.trust.time_floor import TimeFloor

PIN = "246810"


class AClock:
    """Boot id and seconds since boot, as a test sets them."""

    def __init__(self) -> None:
        self.boot, self.now_s = "boot-1", 1_000.0

    def __call__(self) -> tuple[str, float]:
        return self.boot, self.now_s


# --- a file key store ---------------------------------------------------------------------------------


def test_keys_come_back_as_created_and_sign_and_open(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "keys")
    assert not store.exists()
    created = store.create(Role.TERMINAL, "T-01", not_after=2_000_000_000)
    assert store.exists()
    keys = FileKeyStore(tmp_path / "keys").load()
    assert keys.record == created.record
    assert keys.record.not_after == 2_000_000_000
    assert keys.record.verify(keys.sign(b"m"), b"m")
    assert keys.open(hpke_seal(sealing_key(keys.record), b"m", b"i"), b"i") == b"m"


def test_file_and_folder_are_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileKeyStore(tmp_path / "keys").create(Role.TERMINAL, "T-01")
        ProctorKeyStore(tmp_path / "key").create("李芳", PIN, new_card())
    finally:
        os.umask(before)
    for folder in ("keys", "key"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
        for path in (tmp_path / folder).iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_keys_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    store = FileKeyStore(tmp_path)
    store.create(Role.TERMINAL, "T-01")
    (tmp_path / "private.key").chmod(mode)
    with pytest.raises(NotPermitted, match=r"other users can read.*chmod 600"):
        store.load()


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    first = store.create(Role.TERMINAL, "T-01")
    with pytest.raises(NotPermitted, match="never overwritten"):
        store.create(Role.TERMINAL, "T-01")
    assert store.load().record == first.record
    proctor = ProctorKeyStore(tmp_path / "p")
    record = proctor.create("李芳", PIN, new_card())
    with pytest.raises(NotPermitted, match="never overwritten"):
        proctor.create("李芳", PIN, new_card())
    assert proctor.record() == record


def test_a_link_in_place_of_the_key_is_refused(tmp_path: Path) -> None:
    FileKeyStore(tmp_path / "a").create(Role.TERMINAL, "T-01")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "private.key").symlink_to(tmp_path / "a" / "private.key")
    with pytest.raises(StorageFault, match="link"):
        FileKeyStore(tmp_path / "b").load()


def test_missing_or_damaged_keys_are_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="no such file"):
        FileKeyStore(tmp_path).load()
    FileKeyStore(tmp_path).create(Role.TERMINAL, "T-01")
    path = tmp_path / "private.key"
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], b"\xa0", whole.replace(b"T-01", b"T-0")):
        path.write_bytes(damaged)
        with pytest.raises(StorageFault, match="damaged"):
            FileKeyStore(tmp_path).load()
    at = whole.index(b"dsign") + 7
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(StorageFault, match="damaged"):
        FileKeyStore(tmp_path).load()


def test_a_read_only_place_is_a_storage_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFault):
        FileKeyStore(tmp_path / "file").create(Role.TERMINAL, "T-01")


def test_a_public_record_travels_as_a_file(tmp_path: Path) -> None:
    record = FileKeyStore(tmp_path).create(Role.STATION, "站点").record
    path = tmp_path / "station.pub"
    write_record(path, record)
    assert read_record(path) == record
    for wrong in (b"", b"\xa0", path.read_bytes() + b"x", bytes(10_000)):
        path.write_bytes(wrong)
        with pytest.raises(InputRefused, match=r"station\.pub"):
            read_record(path)


# --- nothing secret is ever shown ---------------------------------------------------------------------


def test_nothing_secret_is_in_what_a_person_or_a_log_may_see(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path / "t")
    keys = store.create(Role.TERMINAL, "T-01")
    card = new_card()
    proctor_store = ProctorKeyStore(tmp_path / "p")
    proctor_store.create("李芳", PIN, card)
    proctor = proctor_store.unlock(PIN, card)
    raw = [*keys.private_bytes(), *proctor.private_bytes(), card]
    file = KeyFile(1, keys.record, *keys.private_bytes())
    shown = [
        *(repr(thing) + str(thing) + pretty_repr(thing) + format(thing)
          for thing in (keys, proctor, store, proctor_store, file)),
        repr([file]),
        repr(vars(store)) + repr(vars(proctor_store)) + repr(vars(keys)),
    ]  # fmt: skip
    wrong_pin = str(135_790)
    path = tmp_path / "t" / "private.key"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole + b"x", whole.replace(b"terminal", b"TERMINAL")):
        path.write_bytes(damaged)
        shown.append(told(store.load))
    shown.append(told(lambda: proctor_store.unlock(wrong_pin, card)))
    shown.append(told(lambda: proctor_store.unlock(PIN, new_card())))
    for secret in raw:
        assert secret is not None
        for form in (secret.hex(), repr(secret)[2:-1], repr(secret[:6])[2:-1]):
            assert all(form not in text for text in shown)
    assert all(wrong_pin not in text and PIN not in text for text in shown)


def told(act: object) -> str:
    """Everything an error could print, its causes and notes included."""
    try:
        act()  # type: ignore[operator]
    except KioskError as fault:
        return "".join(traceback.format_exception(fault)) + repr(fault)
    raise AssertionError("nothing was refused")


# --- the proctor's card and PIN -----------------------------------------------------------------------


def test_card_and_pin_together_unlock(tmp_path: Path) -> None:
    card = new_card()
    store = ProctorKeyStore(tmp_path)
    record = store.create("李芳", PIN, card, not_after=2_000_000_000)
    assert store.record() == record
    assert record.role is Role.PROCTOR
    keys = ProctorKeyStore(tmp_path).unlock(PIN, read_card(card_text(card)))
    assert keys.record == record
    assert record.verify(keys.sign(b"m"), b"m")


def test_a_pin_typed_in_full_width_counts_as_typed_plain(tmp_path: Path) -> None:
    card = new_card()
    ProctorKeyStore(tmp_path).create("李芳", "１２３４５６", card)
    assert ProctorKeyStore(tmp_path).unlock("123456", card)


def test_a_short_pin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="at least 6"):
        ProctorKeyStore(tmp_path).create("李芳", "12345 ", new_card())


@pytest.mark.parametrize("text", ["", "K1:", "K1:ABC", "T1:" + card_text(bytes(16))[3:], "hello"])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(InputRefused):
        read_card(text)


@pytest.fixture
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its least, for what is not about what it withstands."""
    monkeypatch.setattr("kiosk.trust.proctor_keys._PASSES", 1)
    monkeypatch.setattr("kiosk.trust.proctor_keys._MEMORY_KIB", 32)


quick = pytest.mark.usefixtures("quick_pin")


def spend(store: ProctorKeyStore, clock: AClock, tries: int) -> None:
    for _ in range(tries):
        with pytest.raises(NotPermitted, match="the card or the PIN is wrong"):
            store.unlock("000000", bytes(16))


@quick
def test_five_tries_then_waits_that_double_from_fifteen_seconds(tmp_path: Path) -> None:
    clock, card = AClock(), new_card()
    store = ProctorKeyStore(tmp_path, clock=clock)
    store.create("李芳", PIN, card)
    spend(store, clock, 5)
    for wait_s in (15, 30, 60, 120):
        with pytest.raises(NotPermitted, match="too many wrong tries"):
            store.unlock(PIN, card)
        clock.now_s += wait_s - 1
        with pytest.raises(NotPermitted, match="possible in 1 s"):
            store.unlock(PIN, card)
        clock.now_s += 1
        spend(store, clock, 1)
    clock.now_s += 240
    assert store.unlock(PIN, card)
    spend(store, clock, 4)
    assert store.unlock(PIN, card), "a right try gives all five back"


@quick
def test_the_longest_wait_is_a_day(tmp_path: Path) -> None:
    from kiosk.trust.proctor_keys import Tries

    clock, card = AClock(), new_card()
    store = ProctorKeyStore(tmp_path, clock=clock)
    store.create("李芳", PIN, card)
    store._keep(Tries(10_000, clock.boot, int(clock.now_s * 1000)))
    with pytest.raises(NotPermitted, match="possible in 1440 min"):
        store.unlock(PIN, card)


@quick
def test_a_restart_begins_the_wait_again_and_no_clock_shortens_it(tmp_path: Path) -> None:
    clock, card = AClock(), new_card()
    ProctorKeyStore(tmp_path, clock=clock).create("李芳", PIN, card)
    spend(ProctorKeyStore(tmp_path, clock=clock), clock, 5)
    clock.boot, clock.now_s = "boot-2", 5.0
    with pytest.raises(NotPermitted, match="possible in 10 s"):
        ProctorKeyStore(tmp_path, clock=clock).unlock(PIN, card)
    clock.now_s = 15.0
    assert ProctorKeyStore(tmp_path, clock=clock).unlock(PIN, card)


@quick
def test_a_try_is_counted_before_it_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is killed while it judges: the try is gone all the same."""
    from kiosk.trust import proctor_keys

    class Killed(BaseException):
        pass

    def killed(*arguments: object) -> bytes:
        raise Killed

    clock, card = AClock(), new_card()
    store = ProctorKeyStore(tmp_path, clock=clock)
    store.create("李芳", PIN, card)
    with monkeypatch.context() as patch:
        patch.setattr(proctor_keys, "unwrap", killed)
        for _ in range(5):
            with pytest.raises(Killed):
                ProctorKeyStore(tmp_path, clock=clock).unlock("000000", card)
    with pytest.raises(NotPermitted, match="too many"):
        ProctorKeyStore(tmp_path, clock=clock).unlock(PIN, card)


@quick
def test_nothing_is_judged_when_the_try_cannot_be_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.trust import proctor_keys

    def full(*arguments: object) -> None:
        raise StorageFault("the disk is full")

    card = new_card()
    store = ProctorKeyStore(tmp_path)
    store.create("李芳", PIN, card)
    monkeypatch.setattr(proctor_keys, "write_durable", full)
    monkeypatch.setattr(proctor_keys, "unwrap", lambda *a: pytest.fail("judged"))
    with pytest.raises(StorageFault, match="full"):
        store.unlock(PIN, card)


@quick
def test_a_damaged_count_locks_and_does_not_start_anew(tmp_path: Path) -> None:
    card = new_card()
    store = ProctorKeyStore(tmp_path)
    store.create("李芳", PIN, card)
    (tmp_path / "tries").write_bytes(b"")
    with pytest.raises(StorageFault, match="count of wrong tries is damaged"):
        store.unlock(PIN, card)


@quick
def test_a_changed_key_file_opens_nothing(tmp_path: Path) -> None:
    """Name and role in it are bound to what is wrapped."""
    card = new_card()
    store = ProctorKeyStore(tmp_path, clock=AClock())
    store.create("Li Fang", PIN, card)
    path = tmp_path / "proctor.key"
    path.write_bytes(path.read_bytes().replace(b"Li Fang", b"Li Fong"))
    with pytest.raises(KioskError):
        store.unlock(PIN, card)


# --- the time floor -----------------------------------------------------------------------------------


def test_the_floor_rises_and_never_falls(tmp_path: Path) -> None:
    floor = TimeFloor(tmp_path / "time-floor")
    assert floor.value == 0
    floor.check(0)
    floor.raise_to(1_790_000_000)
    floor.raise_to(1_780_000_000)
    assert TimeFloor(tmp_path / "time-floor").value == 1_790_000_000
    floor.check(1_790_000_000)
    with pytest.raises(NotPermitted, match="2026-09-21"):
        floor.check(1_789_999_999)


@pytest.mark.parametrize("damaged", [b"", b"-1", b"17 ", b"x", b"9" * 13, encode(1)])
def test_a_damaged_floor_is_no_floor_of_zero(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "floor").write_bytes(damaged)
    with pytest.raises(StorageFault, match="damaged"):
        TimeFloor(tmp_path / "floor").check(1)
