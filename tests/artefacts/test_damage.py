"""Whatever happens to an artefact's bytes, it is refused with words, never accepted, never a crash."""

from __future__ import annotations

import hashlib
import random

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts import (
    answer_package,
    bundle,
    cose,
    proctor_log,
    release,
    scoring_file,
    session,
    tokens,
    trust_list,
)
from kiosk.artefacts.answer_package import MAX_CONTENT_BYTES
from kiosk.artefacts.codec import MAX_DEPTH, decode, decode_plain, encode
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import SIGNERS, Kind, Role
from kiosk.artefacts.sealing import decompressed
from kiosk.errors import InputRefused, KioskError, NotPermitted
from tests.artefacts import samples
from tests.artefacts.samples import PARTIES, SAMPLES, Sample

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
SMALL_BYTES = 700


def refused_or_another(sample: Sample, data: bytes) -> None:
    """Reads changed bytes: an authentic artefact refuses them, others give another value at most."""
    try:
        value = sample.read(data)
    except KioskError:
        return
    assert not sample.authentic, f"{sample.name}: changed bytes were accepted"
    assert value != sample.read(sample.data)


@each
def test_it_is_read_as_it_was_written(sample: Sample) -> None:
    assert sample.read(sample.data) == sample.read(sample.data)


@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if len(one.data) > SMALL_BYTES], ids=lambda one: one.name
)
def test_a_flipped_byte_at_any_place_of_a_large_one_is_refused(sample: Sample) -> None:
    for at in range(len(sample.data)):
        changed = bytearray(sample.data)
        changed[at] ^= 0xFF
        refused_or_another(sample, bytes(changed))


@each
def test_a_flipped_bit_at_any_place_of_a_small_one_is_refused(sample: Sample) -> None:
    places = range(len(sample.data) * 8)
    chosen = places if len(sample.data) <= SMALL_BYTES else random.Random(1).sample(places, 500)
    for place in chosen:
        changed = bytearray(sample.data)
        changed[place // 8] ^= 1 << place % 8
        refused_or_another(sample, bytes(changed))


@each
def test_it_is_refused_when_cut_short_at_any_length(sample: Sample) -> None:
    for length in range(len(sample.data)):
        refused_or_another(sample, sample.data[:length])


@each
def test_it_is_refused_with_something_behind_it(sample: Sample) -> None:
    for more in (b"\x00", b"\xf6", sample.data):
        refused_or_another(sample, sample.data + more)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.authentic], ids=lambda s: s.name)
def test_no_other_artefact_passes_for_it(sample: Sample) -> None:
    for other in SAMPLES:
        # Both tokens are answers, read by one function which gives the command that was signed.
        if other.name == sample.name or {"unlock", "command"} >= {
            name.partition(" ")[0] for name in (other.name, sample.name)
        }:
            continue
        with pytest.raises(KioskError):
            sample.read(other.data)


@pytest.mark.parametrize("kind", Kind)
def test_a_role_that_may_not_sign_a_kind_can_neither_sign_nor_be_believed(kind: Kind) -> None:
    right = next(keys for keys in PARTIES if keys.record.role in SIGNERS[kind])
    frame = cose.read_frame(cose.sign(b"payload", kind, right), "artefact")
    assert cose.verified(frame, kind, right.record, "artefact") == b"payload"
    for keys in PARTIES:
        if keys.record.role in SIGNERS[kind]:
            continue
        with pytest.raises(NotPermitted):
            cose.sign(b"payload", kind, keys)
        forged = cose.Frame(
            frame.protected, frame.kid, frame.payload, keys.sign(frame.message(kind.encode()))
        )
        with pytest.raises(NotPermitted):
            cose.verified(forged, kind, keys.record, "artefact")


def test_an_artefact_signed_as_one_kind_is_no_other() -> None:
    for kind in Kind:
        signer = next(keys for keys in PARTIES if keys.record.role in SIGNERS[kind])
        frame = cose.read_frame(cose.sign(b"payload", kind, signer), "artefact")
        for other in Kind:
            if other is not kind:
                with pytest.raises(KioskError):
                    cose.verified(frame, other, signer.record, "artefact")


def test_another_key_of_the_same_role_and_name_is_refused() -> None:
    impostor = samples.fixed_keys(Role.TERMINAL, "T-01 ")
    frame = cose.read_frame(samples.a_package(), "answer package")
    with pytest.raises(InputRefused, match="does not hold"):
        answer_package.package(frame, impostor.record)


def test_the_algorithm_of_the_key_record_decides_and_not_the_message() -> None:
    record = KeyRecord(Role.TERMINAL, "T-01", samples.TERMINAL.record.sign, alg=-9)
    frame = cose.read_frame(samples.a_package(), "answer package")
    with pytest.raises(InputRefused, match="does not hold"):
        answer_package.package(frame, record)


@pytest.mark.parametrize("header", [
    {1: -8, 4: b"12345678"},
    {1: -19.0, 4: b"12345678"},
    {1.0: -19, 4: b"12345678"},
    {1: -19},
    {1: -19, 4: b"12345678", 2: [99]},
    {1: -19, 4: "12345678"},
    {},
    [],
])  # fmt: skip
def test_a_header_that_we_do_not_write_is_refused(header: object) -> None:
    protected = cbor2.dumps(header, canonical=True)
    parts = [protected, {}, b"payload", bytes(64)]
    with pytest.raises(InputRefused):
        cose.read_frame(cbor2.dumps(cbor2.CBORTag(18, parts)), "artefact")


def test_an_unprotected_header_or_a_detached_payload_is_refused() -> None:
    protected = encode({1: -19, 4: b"12345678"})
    for parts in (
        [protected, {4: b"x"}, b"payload", bytes(64)],
        [protected, {}, None, bytes(64)],
        [protected, {}, b"payload"],
        [protected, {}, b"payload", bytes(64), b""],
    ):
        with pytest.raises(InputRefused):
            cose.read_frame(cbor2.dumps(cbor2.CBORTag(18, parts)), "artefact")


# --- CBOR ------------------------------------------------------------------------------------------

NOT_CANONICAL = {
    "a length in more bytes than needed": "58036162 63",
    "an integer in more bytes than needed": "1801",
    "an indefinite string": "5f4161ff",
    "an indefinite array": "9f01ff",
    "an indefinite map": "bf0102ff",
    "a key twice": "a201020103",
}


@pytest.mark.parametrize("name", NOT_CANONICAL)
def test_a_value_has_one_encoding(name: str) -> None:
    data = bytes.fromhex(NOT_CANONICAL[name].replace(" ", ""))
    for kind in (bytes, int, tuple[int, ...], dict[int, int]):
        with pytest.raises(InputRefused):
            decode(data, kind, "value")


def test_map_keys_out_of_order_are_refused() -> None:
    with pytest.raises(InputRefused, match="canonical"):
        decode(bytes.fromhex("a2" + "6162" + "01" + "6161" + "02"), dict[str, int], "value")


def test_unknown_and_missing_fields_are_refused() -> None:
    plain = decode_plain(samples.sample("key record").data, "record")
    with pytest.raises(InputRefused, match="colour"):
        decode(encode({**plain, "colour": "red"}), KeyRecord, "record")
    del plain["name"]
    with pytest.raises(InputRefused, match="name"):
        decode(encode(plain), KeyRecord, "record")


def test_deep_nesting_is_refused_at_the_depth_stated() -> None:
    def nested(depth: int) -> bytes:
        return b"\x81" * depth + b"\x01"

    decode_plain(nested(MAX_DEPTH - 1), "value")
    for depth in (MAX_DEPTH + 1, 1_000, 1_000_000):
        with pytest.raises(InputRefused):
            decode_plain(nested(depth), "value")
    for data in (b"\xa1\x01" * 100_000, b"\xd8\x12" * 100_000, b"\xa1\x80" * 100_000):
        with pytest.raises(InputRefused):
            decode_plain(data, "value")


@pytest.mark.parametrize("head", ["5b", "7b", "9b", "bb"])
@pytest.mark.parametrize("length", ["00000000ffffffff", "7fffffffffffffff", "ffffffffffffffff"])
def test_a_huge_length_is_refused_at_once(head: str, length: str) -> None:
    with pytest.raises(InputRefused):
        decode_plain(bytes.fromhex(head + length), "value")


@pytest.mark.parametrize("inner", [1, [1, 2], "a", b"a", {}, [-9, 3]])
def test_no_tag_but_that_of_cose_is_read(inner: object) -> None:
    for tag in (*range(300), 1004, 43_000, 55_799, 65_536, 2**40):
        data = cbor2.dumps(cbor2.CBORTag(tag, inner))
        if tag == 18:
            assert decode_plain(data, "value").tag == 18
            continue
        with pytest.raises(InputRefused):
            decode_plain(data, "value")


def test_a_list_that_contains_itself_is_refused() -> None:
    with pytest.raises(InputRefused):
        decode_plain(bytes.fromhex("d81c81d81d00"), "value")


@pytest.mark.parametrize("plain", ["f7", "e0", "f97e01"])
def test_values_that_no_field_has_are_refused_where_any_value_may_stand(plain: str) -> None:
    data = b"\xa1\x61a" + bytes.fromhex(plain)
    with pytest.raises(InputRefused):
        decode(data, dict[str, object], "value")


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_refused_with_words(data: bytes) -> None:
    for sample in SAMPLES:
        try:
            value = sample.read(data)
        except KioskError:
            continue
        assert not sample.authentic, value


# --- what only the holder of a key could write -------------------------------------------------------


def repackaged(**changes: object) -> bytes:
    """The sample package, changed and signed again by its terminal."""
    frame = answer_package.read_package(samples.sample("answer package").data)
    plain = decode_plain(frame.payload, "package")
    return cose.sign(encode({**plain, **changes}), Kind.PACKAGE, samples.TERMINAL)


@pytest.mark.parametrize("changes", [
    {"suite": 2},
    {"session": "R15-0302"},
    {"number": 2},
    {"count": 4},
    {"head": bytes(32)},
    {"terminal": samples.SPARE.record.kid},
    {"keys": {}},
    {"keys": {samples.OPENING.record.kid: b""}},
    {"keys": {samples.OPENING.record.kid: bytes(80)}},
    {"box": b""},
    {"box": bytes(100)},
])  # fmt: skip
def test_a_terminal_cannot_change_what_its_seal_is_bound_to(changes: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        samples.read_package(repackaged(**changes))


def test_a_package_that_unpacks_to_gigabytes_is_refused() -> None:
    import zlib

    engine = zlib.compressobj(9)
    bomb = b"".join(engine.compress(bytes(1 << 20)) for _ in range(64)) + engine.flush()
    with pytest.raises(InputRefused, match="too large"):
        decompressed(memoryview(bomb), MAX_CONTENT_BYTES)
    for wrong in (b"", b"x", zlib.compress(b"x") + b"y", zlib.compress(b"x")[:-1]):
        with pytest.raises(InputRefused):
            decompressed(memoryview(wrong), MAX_CONTENT_BYTES)


def test_a_package_that_tells_other_answers_than_its_journal_is_refused() -> None:
    from msgspec.structs import replace

    packed = samples.a_content()
    for changed in (
        replace(packed, responses={"i1": {"r1": ("a",)}}),
        replace(packed, responses={}),
        replace(packed, sitting=1),
        replace(packed, sitting=-1),
        replace(packed, identity=replace(packed.identity, candidate="0002")),
        replace(packed, journal=packed.journal[:-1]),
    ):
        with pytest.raises(KioskError):
            samples.read_package(samples.a_package(changed))


def test_a_bundle_says_which_package_is_damaged_and_gives_the_others() -> None:
    first, second = samples.a_package(number=1), samples.a_package(number=2)
    lines = tuple(
        bundle.BundleLine(number, samples.SESSION, hashlib.sha256(data).digest(), True)
        for number, data in ((1, first), (2, second))
    )
    damaged = first[:-1] + bytes([first[-1] ^ 1])
    data = bundle.write_bundle(lines, {1: damaged, 2: second}, samples.AT, samples.TERMINAL)
    read = bundle.read_bundle(data)
    index = bundle.bundle_index(read.index, samples.TERMINAL.record)
    assert bundle.enclosed(read, index) == {1: None, 2: second}


@pytest.mark.parametrize("numbers", [(1, 1), (2, 1), (0, 1), (-1, 1)])
def test_a_bundle_whose_numbers_do_not_ascend_is_refused(numbers: tuple[int, int]) -> None:
    lines = tuple(bundle.BundleLine(n, samples.SESSION, bytes(32), False) for n in numbers)
    data = bundle.write_bundle(lines, {}, samples.AT, samples.TERMINAL)
    with pytest.raises(InputRefused, match="ascend"):
        bundle.bundle_index(bundle.read_bundle(data).index, samples.TERMINAL.record)


def test_a_bundle_that_encloses_more_or_fewer_than_it_lists_is_refused() -> None:
    index, packages = decode_plain(samples.sample("bundle").data, "bundle")
    for wrong in ([], [packages[0], packages[0]]):
        with pytest.raises(InputRefused):
            samples.read_bundle(encode([index, wrong]))


def test_a_token_says_one_thing_in_one_form() -> None:
    frame = tokens.read_token(samples.an_answer())
    claims = decode_plain(frame.payload, "claims")
    odd = cbor2.dumps(dict(sorted(claims.items())), canonical=False)
    assert odd != frame.payload
    for payload in (
        odd,
        encode({**claims, 7: 1}),
        encode({6: claims[6]}),
        encode({**claims, 6: True}),
        encode({**claims, 6: 1.5}),
        encode({**claims, -65537: [*claims[-65537], None]}),
        encode([1, 2]),
    ):
        token = cose.sign(payload, Kind.UNLOCK, samples.PROCTOR)
        with pytest.raises(InputRefused):
            samples.read_answer(token)


def test_a_release_cannot_be_signed_as_another_command_nor_the_reverse() -> None:
    for command, kind in (
        (tokens.Command.RELEASE, Kind.COMMAND),
        (tokens.Command.EXTEND, Kind.UNLOCK),
    ):
        payload = tokens.read_token(samples.an_answer(command)).payload
        token = cose.sign(payload, kind, samples.PROCTOR)
        with pytest.raises(NotPermitted):
            samples.read_answer(token)


def test_a_share_is_sealed_to_one_terminal_and_one_challenge() -> None:
    token = samples.an_answer()
    answer = tokens.verified_answer(tokens.read_token(token), token, samples.PROCTOR.record)
    assert tokens.open_share(answer, samples.TERMINAL) == samples.SHARES[samples.PROCTOR.record.kid]
    with pytest.raises(InputRefused):
        tokens.open_share(answer, samples.SPARE)
    from msgspec.structs import replace

    elsewhere = replace(answer, claim=replace(answer.claim, nonce=bytes(12)))
    with pytest.raises(InputRefused):
        tokens.open_share(elsewhere, samples.TERMINAL)


def test_a_log_or_package_that_names_another_than_its_signer_is_refused() -> None:
    from msgspec.structs import replace

    log = samples.read_log(samples.sample("proctor's log").data)
    assert isinstance(log, proctor_log.ProctorLog)
    forged = proctor_log.write_log(
        replace(log, proctor=samples.SECOND_PROCTOR.record.kid), samples.PROCTOR
    )
    with pytest.raises(InputRefused, match="another proctor"):
        samples.read_log(forged)


def test_the_scoring_file_opens_for_station_and_recovery_and_nobody_else() -> None:
    data = samples.sample("scoring").data
    envelope, manifest = scoring_file.read_envelope(
        scoring_file.read_scoring(data), samples.AUTHOR.record
    )
    for keys in (samples.OPENING, samples.RECOVERY):
        opened = scoring_file.open_scoring(envelope, manifest, keys)
        assert opened.bank_key == samples.BANK_KEY
    with pytest.raises(InputRefused, match="another station"):
        scoring_file.open_scoring(envelope, manifest, samples.TERMINAL)


def test_a_rule_that_is_not_the_one_signed_is_refused() -> None:
    from msgspec.structs import replace

    data = samples.sample("scoring").data
    envelope, manifest = scoring_file.read_envelope(
        scoring_file.read_scoring(data), samples.AUTHOR.record
    )
    for changed in (
        replace(envelope, rules={"i1": bytes(32)}),
        replace(envelope, rules={}),
        replace(envelope, scoring_version=2),
    ):
        with pytest.raises(InputRefused, match="not the ones"):
            scoring_file.open_scoring(changed, manifest, samples.OPENING)


def test_the_station_cannot_make_itself_an_author_through_the_list_it_signs() -> None:
    delegated = trust_list.TrustList(
        "delegated", samples.AT, (samples.AUTHOR.record, samples.LOG.record, samples.PROCTOR.record)
    )
    empty = trust_list.TrustList("authority", samples.AT, ())
    trust = trust_list.Trust(empty, delegated)
    assert trust.records() == (samples.PROCTOR.record,)
    with pytest.raises(NotPermitted, match="unknown signer"):
        trust.signer(samples.AUTHOR.record.kid, Role.AUTHOR)


def test_a_revoked_key_is_refused_by_name_whichever_list_revokes_it() -> None:
    kid = samples.PROCTOR.record.kid
    for trust in (
        trust_list.Trust(samples.an_authority(kid), samples.a_trust_list()),
        trust_list.Trust(samples.an_authority(), samples.a_trust_list(kid)),
    ):
        with pytest.raises(NotPermitted, match=r"李芳.*revoked"):
            trust.signer(kid, Role.PROCTOR)
        assert trust.signer(samples.SECOND_PROCTOR.record.kid, Role.PROCTOR)


def test_one_list_does_not_pass_for_the_other() -> None:
    data = trust_list.write_trust_list(samples.a_trust_list())
    with pytest.raises(NotPermitted):
        trust_list.read_trust_list(data, "authority")


def test_release_and_session_are_bound_to_their_station() -> None:
    other = samples.fixed_keys(Role.STATION, "Other")
    with pytest.raises(InputRefused):
        session.session_file(session.read_session(samples.a_session()), other.record)
    with pytest.raises(InputRefused):
        release.release_file(release.read_release(samples.a_release()), other.record)


def test_more_than_one_value_is_refused_even_where_nothing_is_encoded_again() -> None:
    for more in (b"\xf6", b"\x01", b"\x00" * 100):
        with pytest.raises(InputRefused, match="something follows"):
            decode_plain(b"\x01" + more, "value")
