"""Judging as a law: whatever was seen, each check says one thing, and what was not read is never ok."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from kiosk.artefacts.self_check import LOCKS, MOST_DETAIL, Finding, changed
from kiosk.terminal.lockdown.facts import (
    Disk,
    DisplayServer,
    Facts,
    Flushes,
    Hub,
    Link,
    Machine,
    Network,
    Own,
    Process,
    Program,
    Screens,
)
from kiosk.terminal.lockdown.judging import (
    DESKTOPS,
    SESSION,
    judge,
    judge_disk,
    judge_durability,
    judge_screen,
)

names = st.sampled_from(
    [*sorted(SESSION), *sorted(DESKTOPS)[:3], "Xvfb", "bash", "x11vnc", "x" * 40, "名字"]
)
some_names = st.lists(names, max_size=5).map(tuple)
pids = st.integers(1, 12)
processes = st.lists(
    st.builds(Process, pids, st.integers(0, 12), st.sampled_from([0, 990]), names, some_names),
    max_size=30,
    unique_by=lambda one: one.pid,
).map(tuple)


def maybe(strategy):
    return st.none() | strategy


seen = st.builds(
    Facts,
    own=maybe(
        st.builds(
            Own,
            pids,
            st.sampled_from([0, 990]),
            st.sampled_from([0, 0, 1 << 21]),
            st.integers(0, 12),
            some_names,
            maybe(st.tuples(names, st.sampled_from(["/usr/sbin/nologin", "/bin/sh", ""]))),
            maybe(st.sampled_from(["0", "unlimited"])),
        )
    ),
    processes=maybe(processes),
    display=maybe(
        st.builds(
            DisplayServer,
            st.sampled_from(["x11", "wayland", "none"]),
            st.sampled_from(["", "localhost"]),
            maybe(st.integers(0, 5)),
        )
    ),
    screens=st.builds(
        Screens,
        maybe(st.booleans()),
        st.integers(0, 3),
        st.sampled_from(["", "xcb", "wayland", "offscreen"]),
    ),
    consoles=maybe(st.just(True)),
    switching=maybe(st.booleans()),
    bindings=maybe(st.booleans()),
    sysrq=maybe(st.integers(0, 2)),
    ptrace=maybe(st.integers(0, 3)),
    variables=some_names,
    remote=some_names,
    hubs=maybe(st.lists(st.builds(Hub, names, st.integers(0, 3)), max_size=3).map(tuple)),
    keyboards=maybe(some_names),
    network=maybe(
        st.builds(
            Network,
            st.lists(st.builds(Link, names, st.booleans()), max_size=3).map(tuple),
            some_names,
            maybe(st.lists(st.integers(0, 65535), max_size=3).map(tuple)),
        )
    ),
    radios=maybe(some_names),
    swaps=maybe(some_names),
    writable=maybe(some_names),
    locked=st.booleans(),
    machine=st.builds(Machine, st.booleans(), st.sampled_from(["", "QEMU"])),
    installed=st.booleans(),
    program=maybe(st.builds(Program, names, st.sampled_from(["", "usr/lib/x"]))),
)


@settings(max_examples=30)
@given(seen, seen)
def test_each_check_says_one_thing_whatever_was_seen(facts, first):
    found = judge(facts, first)
    assert tuple(finding.check for finding in found) == LOCKS
    assert all(len(finding.detail) <= MOST_DETAIL for finding in found)
    assert all(finding.detail for finding in found if finding.state == "weak")
    assert found == judge(facts, first)


def test_of_what_was_not_read_nothing_is_ok():
    assert not any(finding.ok for finding in judge(Facts(), Facts()))


@settings(max_examples=60)
@given(seen, st.sampled_from([one.name for one in fields(Facts) if one.default is None]))
def test_a_fact_that_is_lost_makes_no_check_ok(facts, name):
    """Else somebody who keeps a file from being read would be better off than one who does not."""
    before = {finding.check: finding for finding in judge(facts, facts)}
    after = judge(replace(facts, **{name: None}), facts)
    assert all(before[finding.check].ok for finding in after if finding.ok)


@settings(max_examples=20)
@given(st.lists(seen, min_size=1, max_size=3))
def test_the_changes_tell_all_that_was_found(looks):
    """What the journal has, read one after the other, is what was found last; the same is told once."""
    known: dict[str, Finding] = {}
    for facts in looks:
        found = judge(facts, looks[0])
        news = changed(known, found)
        known |= {finding.check: finding for finding in news}
        assert tuple(known[finding.check] for finding in found) == found
        assert changed(known, found) == ()


@given(st.lists(st.integers(1, 500_000), max_size=7).map(tuple), maybe(st.booleans()))
def test_a_disk_is_as_good_as_its_answers(took_us, rotates):
    flushes, disk = Flushes(took_us), Disk("ext4", ("rw",), rotates)
    assert judge_disk(flushes).ok <= bool(took_us)
    assert judge_durability(flushes, disk).ok <= (bool(took_us) and rotates is not None)
    assert not judge_durability(flushes, Disk("tmpfs", ("rw",), rotates)).ok
    assert not judge_durability(flushes, Disk("ext4", ("nobarrier", "rw"), rotates)).ok


def test_physics_decides_what_a_disk_may_claim():
    ssd, hdd = Disk("ext4", ("rw",), False), Disk("ext4", ("rw",), True)
    assert judge_durability(Flushes((310, 290, 420)), ssd) == Finding(
        "durability", "ok", "ext4 SSD 0.31–0.42 ms"
    )
    assert judge_durability(Flushes((310, 290, 420)), hdd).state == "weak"
    assert judge_durability(Flushes((9_000, 8_400, 16_000)), hdd).ok
    assert judge_durability(Flushes((6, 7, 9)), ssd).state == "weak"
    assert judge_durability(Flushes((310,)), Disk("overlay", ("rw",), False)).state == "unknown"
    assert judge_disk(Flushes((120_000, 150_000))).state == "weak"
    assert judge_disk(Flushes((9_000, 9_000, 500_000))).state == "weak"
    assert judge_disk(Flushes((), "the disk is full")) == Finding(
        "disk", "weak", "the disk is full"
    )


def test_the_exam_fills_the_one_screen_there_is():
    assert judge_screen(Screens(True, 1)).ok
    assert judge_screen(Screens(True, 2)).state == "weak"
    assert judge_screen(Screens(False, 1)).state == "weak"
    assert judge_screen(Screens()).state == "unknown"
