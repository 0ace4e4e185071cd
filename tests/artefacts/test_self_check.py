"""The findings as programs exchange them: in a journal, in a policy, in both languages."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.artefacts.self_check import (
    BASIC,
    CHECKS,
    LOCKS,
    MIRROR,
    REQUIRABLE,
    STATES,
    Finding,
    findings,
    said,
    told,
    unmet,
)
from kiosk.words import text

some_findings = st.lists(
    st.builds(
        Finding, st.sampled_from(list(CHECKS)), st.sampled_from(STATES), st.text(max_size=20)
    ),
    unique_by=lambda one: one.check,
).map(tuple)


@settings(max_examples=40)
@given(some_findings)
def test_a_journal_gives_back_what_was_found(found):
    assert set(findings(told(found))) == set(found)


def test_journals_of_before_are_read():
    old = {"disk": "fine: 3 ms", "clock": "wrong: 2019-01-01 00:00", "space": "warning: 412 MiB"}
    assert findings(old) == (
        Finding("disk", "ok", "3 ms"),
        Finding("space", "weak", "412 MiB"),
        Finding("clock", "weak", "2019-01-01 00:00"),
    )


def test_what_a_later_version_says_is_unknown_and_shown_by_its_name():
    (finding,) = findings({"gravity": "excellent: 9.81"})
    assert finding == Finding("gravity", "unknown", "9.81")
    assert said(finding, "en") == "gravity (9.81)"


@settings(max_examples=40)
@given(some_findings, st.sets(st.sampled_from([*REQUIRABLE, "gravity"])))
def test_a_required_check_is_met_by_ok_alone(found, required):
    fine = {finding.check for finding in found if finding.ok}
    assert set(unmet(required, found)) == required - fine


def test_the_table_is_whole():
    assert (*BASIC, *LOCKS, MIRROR) == tuple(CHECKS)
    codes = [line.code for line in CHECKS.values() if line.code]
    assert len(set(codes)) == len(codes)
    assert set(CHECKS) - set(REQUIRABLE) == {"input", "mirror"}


def test_each_check_is_said_in_chinese_too():
    for line in CHECKS.values():
        for sentence in (line.ok, line.weak, line.unknown, line.todo):
            assert text(sentence, "zh-CN") != sentence


def test_of_what_is_ok_no_detail_is_said():
    assert said(Finding("disk", "ok", "3 ms"), "en") == "Disk fine"
    assert (
        said(Finding("disk", "weak", "300 ms"), "en") == "Disk slow, or not to be written (300 ms)"
    )
