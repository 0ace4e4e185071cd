"""Who opens a session: as many proctors as its policy says, at a terminal that is in it."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import replace
from rich.pretty import pretty_repr

from kiosk.artefacts import release, session
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, NotPermitted
from tests.artefacts import samples
from tests.artefacts.samples import fixed_keys, secret

PROCTORS = tuple(fixed_keys(Role.PROCTOR, name) for name in ("李芳", "王强", "赵敏"))
SHARES = {keys.record.kid: secret(f"P of {keys.record.name}", 16) for keys in PROCTORS}


def a_file(releasing: int) -> session.SessionFile:
    plan = replace(
        samples.a_plan(releasing),
        proctors=tuple(session.NamedProctor(k.record.kid, k.record.name) for k in PROCTORS),
    )
    secrets = session.SessionSecrets((samples.a_candidate(),), (samples.a_form(),), {})
    terminals = (samples.TERMINAL.record, samples.SPARE.record)
    data = session.write_session(
        plan, secrets, samples.SESSION_KEY, terminals, SHARES, samples.STATION
    )
    return session.session_file(session.read_session(data), samples.STATION.record)


ONE, TWO = a_file(1), a_file(2)


def test_with_the_one_proctor_policy_each_alone_opens() -> None:
    for kid, share in SHARES.items():
        opened = session.release_key(ONE, {kid: share})
        assert opened is not None
        assert session.session_key(ONE, opened, samples.TERMINAL) == samples.SESSION_KEY


def test_with_the_two_proctor_policy_every_pair_opens_in_either_order() -> None:
    for pair in combinations(SHARES.items(), 2):
        for given in (dict(pair), dict(reversed(pair))):
            opened = session.release_key(TWO, given)
            assert opened is not None
            for terminal in (samples.TERMINAL, samples.SPARE):
                assert session.session_key(TWO, opened, terminal) == samples.SESSION_KEY


def test_one_of_two_opens_nothing_and_is_told_that_more_are_needed() -> None:
    for kid, share in SHARES.items():
        assert session.release_key(TWO, {kid: share}) is None
        assert session.release_key(TWO, {kid: share, b"stranger": share}) is None
    assert session.release_key(TWO, {}) is None


def test_a_pair_with_a_wrong_secret_is_refused() -> None:
    first, second, _ = SHARES
    for given in (
        {first: SHARES[first], second: bytes(16)},
        {first: SHARES[second], second: SHARES[first]},
        {first: SHARES[first], second: SHARES[first]},
        {first: SHARES[first], second: b"short"},
    ):
        with pytest.raises(InputRefused, match="not the one of this session"):
            session.release_key(TWO, given)


def test_a_proctor_with_a_wrong_secret_does_not_keep_two_others_from_opening() -> None:
    for wrong in SHARES:
        opened = session.release_key(TWO, {**SHARES, wrong: bytes(16)})
        assert opened is not None
        assert session.session_key(TWO, opened, samples.TERMINAL) == samples.SESSION_KEY


def test_a_terminal_that_is_not_in_the_session_opens_nothing() -> None:
    opened = session.release_key(TWO, SHARES)
    assert opened is not None
    stranger = fixed_keys(Role.TERMINAL, "T-99")
    with pytest.raises(NotPermitted, match="not part of the session"):
        session.session_key(TWO, opened, stranger)
    borrowed = replace(TWO, wraps={stranger.record.kid: TWO.wraps[samples.TERMINAL.record.kid]})
    with pytest.raises(InputRefused):
        session.session_key(borrowed, opened, stranger)


def test_the_terminals_own_key_is_needed_beside_the_release_key() -> None:
    opened = session.release_key(TWO, SHARES)
    assert opened is not None
    for wrong in (bytes(32), opened[:-1], b""):
        with pytest.raises(InputRefused):
            session.session_key(TWO, wrong, samples.TERMINAL)


def test_a_share_of_another_session_opens_nothing() -> None:
    elsewhere = replace(TWO, plan=replace(TWO.plan, id="R15-0302"))
    with pytest.raises(InputRefused):
        session.release_key(elsewhere, SHARES)


def test_fewer_proctors_than_the_policy_needs_cannot_be_planned() -> None:
    one = dict(list(SHARES.items())[:1])
    secrets = session.SessionSecrets((), (), {})
    with pytest.raises(ValueError, match="must release"):
        session.write_session(
            samples.a_plan(2), secrets, samples.SESSION_KEY, (), one, samples.STATION
        )


def test_the_release_file_gives_each_proctor_the_own_secret_only() -> None:
    file = release.release_file(release.read_release(samples.a_release()), samples.STATION.record)
    for keys in (samples.PROCTOR, samples.SECOND_PROCTOR):
        assert release.open_release(file, keys).share == samples.SHARES[keys.record.kid]
    taken = {samples.PROCTOR.record.kid: file.sealed[samples.SECOND_PROCTOR.record.kid]}
    with pytest.raises(InputRefused):
        release.open_release(replace(file, sealed=taken), samples.PROCTOR)
    with pytest.raises(NotPermitted):
        release.open_release(file, PROCTORS[2])


def test_nothing_that_is_sealed_can_be_read_in_the_files() -> None:
    """The open part may be read by anyone; roster, keys and secrets may not."""
    files = samples.a_session() + samples.a_release() + samples.an_answer() + samples.a_package()
    hidden = (
        "张伟".encode(),
        samples.SESSION_KEY,
        samples.BANK_KEY,
        samples.a_candidate().seed,
        *samples.SHARES.values(),
    )
    for value in hidden:
        assert value not in files


def test_a_key_of_small_order_is_refused_with_words() -> None:
    """A malicious device enrols a point with which no secret can be agreed (RFC 7748, section 6)."""
    bad = replace(samples.TERMINAL.record, seal=bytes(32))
    secrets = session.SessionSecrets((), (), {})
    with pytest.raises(InputRefused, match="public key"):
        session.write_session(
            samples.a_plan(),
            secrets,
            samples.SESSION_KEY,
            (bad,),
            samples.SHARES,
            samples.STATION,
        )


def test_a_value_that_holds_secrets_is_not_shown() -> None:
    secrets = session.SessionSecrets((samples.a_candidate(),), (), {"E1": samples.BANK_KEY})
    desk = release.DeskSecret(samples.SHARES[samples.PROCTOR.record.kid], ())
    for value in (secrets, desk, samples.a_scoring_content()):
        for shown in (repr(value), str([value]), pretty_repr(value)):
            assert type(value).__name__ in shown
            assert len(shown) < 60
