"""docs/formats.md is true: its vectors open, its CDDL describes them, and all kinds are in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pycddl import Schema, ValidationError

from kiosk.artefacts import (
    admission,
    answer_package,
    bank,
    bundle,
    chain,
    challenge,
    evidence,
    exchange,
    frames,
    manifest,
    proctor_log,
    receipt,
    release,
    score_sheet,
    scoring_file,
    session,
    tokens,
    transfer,
    trust_list,
)
from kiosk.artefacts.codec import decode, decode_plain, encode
from kiosk.artefacts.cose import parse_sign1
from kiosk.artefacts.enrolment import Enrolment
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import SIGNERS, SUFFIXES, Kind
from kiosk.artefacts.qr import from_text
from kiosk.assessment import sitting
from kiosk.assessment.display import Display
from kiosk.assessment.highlights import Passage
from kiosk.assessment.items import Item
from kiosk.scoring.amendments import AlsoRight, LeftOut
from kiosk.scoring.chance import Chance
from kiosk.scoring.templates import variant_seed
from kiosk.trust.key_file import KeyFile, keys_of
from kiosk.trust.keystore import ProctorKeyStore
from kiosk.trust.proctor_keys import WrappedKeys
from tests.artefacts import samples, vectors
from tests.artefacts.test_bank_image import an_item_of_everything

SCHEMA = vectors.schema()
VECTORS = vectors.vectors()
TEXT = vectors.DOCUMENT.read_text("utf-8")

RULES = {
    "key record": "key-record",
    "private key file": "key-file",
    "proctor's key file": "wrapped-keys",
    "enrolment": "enrolment",
    "authority list": "trust-list",
    "trust list": "trust-list",
    "scoring": "scoring",
    "session": "session",
    "release": "release",
    "challenge": "challenge",
    "unlock token": "unlock-token",
    "command token": "command-token",
    "room token": "room-token",
    "journal entry": "journal-entry",
    "answer package": "answer-package",
    "bundle": "bundle",
    "transfer": "transfer",
    "proctor's log": "proctors-log",
    "admission slip": "admission-slip",
    "receipt": "receipt",
    "request": "request",
    "reply": "reply",
    "manifest": "signed-program",
    "score sheet": "score-sheet",
    "certificate": "certificate",
    "evidence": "evidence",
}
NOT_CBOR = {"bank", "hand-in slip"}
OWN_USE = [
    ("struck-out", sitting.Struck(1, "i1", "RESPONSE", "a", True)),
    ("noted", sitting.Noted(1, "i1", "see 4")),
    ("highlighted", sitting.Highlighted(1, "i1", Passage("en", (2, 0, 1), 3, 9), True)),
    ("highlighted", sitting.Highlighted(1, "i1", Passage("en", (0,), 0, 1, "R", "a"), False)),
    ("scribbled", sitting.Scribbled(1, "12.5 / 4")),
    ("displayed", sitting.Displayed(1, Display())),
    ("displayed", sitting.Displayed(1, Display("en", "contrast", 300, clock_folded=True))),
]

BODIES: dict[str, type] = {
    "key record": KeyRecord,
    "private key file": KeyFile,
    "proctor's key file": WrappedKeys,
    "enrolment": Enrolment,
    "manifest": manifest.Manifest,
    "authority list": trust_list.TrustList,
    "trust list": trust_list.TrustList,
    "scoring": scoring_file.ScoringEnvelope,
    "session": session.SessionFile,
    "release": release.ReleaseFile,
    "challenge": challenge.Challenge,
    "journal entry": chain.Entry,
    "answer package": answer_package.Package,
    "proctor's log": proctor_log.ProctorLog,
    "admission slip": admission.Admission,
    "receipt": receipt.Receipt,
    "request": exchange.Sent,
    "reply": exchange.Returned,
    "score sheet": score_sheet.ScoreSheet,
    "evidence": evidence.Evidence,
}


OVER = dict(re.findall(r"^([\w-]+) = sign1 ; over ([\w-]+)$", SCHEMA, re.MULTILINE))
"""The body that each signed artefact is over, as the document says."""


def validate(rule: str, data: bytes) -> None:
    """`data` is what `rule` says; of a signed artefact also header and body."""
    Schema(f"start = {rule}\n{SCHEMA}").validate_cbor(data)
    if rule in OVER:
        protected, _, payload, _ = parse_sign1(data, rule)
        validate("protected-header", protected)
        validate(OVER[rule], payload)


RECORDS = {
    "opened": "opened",
    "checked": "checked",
    "admitted": "admitted",
    "commanded": "commanded",
    "sat": "happened",
    "common_start": "common-start",
    "taken_over": "taken-over",
}


def validate_entry(data: bytes) -> None:
    """Its record by its type, too."""
    validate("journal-entry", data)
    record = decode_plain(data, "journal entry")["record"]
    validate(f"{{{RECORDS[record['type']]}}}", encode(record))


def validate_item(data: bytes) -> None:
    """pycddl cannot follow a map of maps: the choices' texts are looked at one by one."""
    validate("item", data)
    for text in decode_plain(data, "item")["texts"].values():
        for choices in text["choices"].values():
            validate("choice-texts", encode(choices))


def test_every_artefact_has_a_vector_and_every_vector_an_artefact() -> None:
    made = {sample.name for sample in samples.SAMPLES}
    assert set(VECTORS) == made | {"private key file", "proctor's key file"}
    assert set(VECTORS) == set(RULES) | NOT_CBOR


def test_the_keys_of_the_document_are_those_of_the_vectors() -> None:
    assert vectors.parties() in TEXT


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.name)
def test_a_vector_is_read_and_opened_with_the_keys_of_the_document(
    sample: samples.Sample,
) -> None:
    value = sample.read(VECTORS[sample.name])
    assert type(value) is type(sample.read(sample.data))
    if not sample.authentic and sample.name != "journal entry":
        assert value == sample.read(sample.data)


@pytest.mark.parametrize("name", RULES)
def test_a_vector_is_what_the_cddl_says(name: str) -> None:
    validate(RULES[name], VECTORS[name])


@pytest.mark.parametrize("name", BODIES)
def test_a_vector_is_encoded_again_to_the_same_bytes(name: str) -> None:
    data = VECTORS[name]
    body = parse_sign1(data, name)[2] if data[0] == 0xD2 else data
    value = decode(body, BODIES[name], name)
    assert encode(value) == body


@pytest.mark.parametrize("name", vectors.QR)
def test_a_qr_text_carries_the_vector(name: str) -> None:
    text = vectors.qr_texts()[name]
    assert from_text(text) == (vectors.QR[name], VECTORS[name])
    assert from_text(text.lower()) == (vectors.QR[name], VECTORS[name])


# --- what is sealed ----------------------------------------------------------------------------------


def the_session() -> tuple[str, bytes]:
    _, secrets = samples.read_session(VECTORS["session"])  # type: ignore[misc]
    return "session-secrets", encode(secrets)


def the_release() -> tuple[str, bytes]:
    _, secret = samples.read_release(VECTORS["release"])  # type: ignore[misc]
    return "desk-secret", encode(secret)


def the_package() -> tuple[str, bytes]:
    packed, _ = samples.read_package(VECTORS["answer package"])  # type: ignore[misc]
    return "package-content", encode(packed)


def the_scoring() -> tuple[str, bytes]:
    _, content = samples.read_scoring(VECTORS["scoring"])  # type: ignore[misc]
    return "scoring-content", encode(content)


def test_a_scoring_of_variants_is_what_the_cddl_says() -> None:
    _, content = samples.read_scoring(VECTORS["scoring"])  # type: ignore[misc]
    (entry,) = content.entries
    variant = replace(entry, group="T1", variant=3, enemies=("a", "b"))
    changed = replace(content, entries=(variant,), template_seed=bytes(32))
    validate("scoring-content", encode(changed))
    assert decode(encode(changed), scoring_file.ScoringContent, "content") == changed


def test_the_variants_seed_in_the_document_is_the_one_that_is_used() -> None:
    seed = variant_seed(bytes(32), "A", 1)
    told = re.search(r"the variant's seed is `([0-9a-f]{64})`, and .* gives `(\d+)`", TEXT)
    assert told is not None
    assert (told[1], int(told[2])) == (seed.hex(), 1 + Chance(seed).below(1000))


def the_item() -> bytes:
    _, (item,), _ = samples.read_bank(VECTORS["bank"])  # type: ignore[misc]
    return encode(item)


@pytest.mark.parametrize("opened", [the_session, the_release, the_package, the_scoring])
def test_what_is_sealed_in_a_vector_is_what_the_cddl_says(
    opened: Callable[[], tuple[str, bytes]],
) -> None:
    validate(*opened())


def test_what_stands_inside_as_bytes_is_what_the_cddl_says() -> None:
    packed = decode_plain(the_package()[1], "content")
    for entry in packed["journal"]:
        validate_entry(entry)
    for responses in packed["responses"].values():
        validate("item-responses", encode(responses))
    for part in decode_plain(VECTORS["room token"], "token"):
        validate("room-part", part)
    validate("bundle-index-signed", decode_plain(VECTORS["bundle"], "bundle")[0])
    validate("transfer-statement-signed", decode_plain(VECTORS["transfer"], "transfer")[0])
    envelope = decode_plain(parse_sign1(VECTORS["scoring"], "scoring")[2], "scoring")
    validate("manifest", envelope["manifest"])
    told = decode_plain(parse_sign1(VECTORS["evidence"], "evidence")[2], "evidence")
    for logged, rule in ((told["package"], "answer-package"), (told["acts"][0], "act")):
        validate(rule, logged["content"])
        validate("receipt", logged["receipt"])
    validate("result", told["result"])
    validate("amended", told["amendments"])
    for other in (LeftOut("i"), AlsoRight("i", "r", ("a",))):
        validate("amendment", encode(other))


def test_a_transfer_as_a_row_of_codes_is_what_the_cddl_says() -> None:
    taken = samples.a_taking_over()
    read = transfer.read_transfer(VECTORS["transfer"])
    compact = transfer.write_compact(read, taken.entries, bytes(32))
    validate("transfer", compact)
    for text in frames.frames_of(compact):
        validate("frame", from_text(text)[1])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("asked", exchange.Report(samples.A_STATUS)),
        ("asked", exchange.Report(exchange.SeatStatus("locked", challenge.Phase.LOCKED, 0, b""))),
        ("asked", exchange.Put("package", bytes(32), 10, 4, b"data")),
        ("asked", exchange.Puts((exchange.Put("bundle", bytes(32), 10, 0, b""),))),
        ("asked", exchange.Ask((bytes(32),))),
        ("answered", exchange.Orders(("T1:A",))),
        ("answered", exchange.Held(10, True)),
        ("answered", exchange.Holds((exchange.Held(10, True, b"r"), exchange.Refused("no")))),
        ("answered", exchange.Receipts((b"receipt",))),
        ("answered", exchange.Refused("why")),
    ],
    ids=str,
)
def test_what_is_said_in_an_exchange_is_what_the_cddl_says(rule: str, said: object) -> None:
    validate(rule, encode(said))


def test_the_item_in_the_bank_is_what_the_cddl_says() -> None:
    validate_item(the_item())


def test_an_item_with_every_kind_of_content_is_what_the_cddl_says() -> None:
    item = an_item_of_everything()
    validate_item(encode(item))
    assert decode(encode(item), Item, "item") == item


def test_every_kind_of_journal_entry_is_what_the_cddl_says() -> None:
    for entry in (*samples.a_journal(), *samples.a_moved_journal()):
        validate_entry(entry)
    validate_entry(chain.new_entry(chain.Checked(1, {"swap": "weak: /dev/sda5"}), 1))
    validate_entry(chain.new_entry(samples.a_taking_over(), 1))
    commanded = chain.Commanded(
        1,
        tokens.Command.EXTEND,
        samples.PROCTOR.record.kid,
        tokens.Reason.HEALTH,
        samples.an_answer(tokens.Command.EXTEND, 10),
        10,
    )
    validate_entry(chain.new_entry(commanded, 1))


@pytest.mark.parametrize(("rule", "event"), OWN_USE, ids=lambda one: str(one))
def test_what_a_candidate_does_for_their_own_use_is_what_the_cddl_says(
    rule: str, event: sitting.Event
) -> None:
    validate_entry(chain.new_entry(chain.Happened(event), 1))
    validate(f"{{{rule}}}", encode(event))


def test_a_bank_is_magic_length_manifest_and_image() -> None:
    data = VECTORS["bank"]
    assert data[:8] == b"KIOSKBNK"
    length = int.from_bytes(data[8:12], "big")
    validate("manifest", data[12 : 12 + length])
    assert bank.read_bank(data).ciphertext == data[12 + length :]
    for statement in bank.SCHEMA:
        assert statement in TEXT


def test_the_proctors_key_opens_with_the_card_and_pin_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "proctor.key"
    path.write_bytes(VECTORS["proctor's key file"])
    path.chmod(0o600)
    keys = ProctorKeyStore(tmp_path).unlock(vectors.PIN, vectors.CARD)
    assert keys.record == decode(path.read_bytes(), WrappedKeys, "wrapped").record
    assert keys_of(VECTORS["private key file"], "").record == samples.TERMINAL.record


# --- the document as a whole -------------------------------------------------------------------------


def test_every_signed_kind_is_in_the_table_with_its_signers() -> None:
    for kind in Kind:
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{kind}` |"))
        for role in SIGNERS[kind]:
            assert role in row.split("|")[3]
    for suffix in SUFFIXES:
        assert f"`{suffix}`" in TEXT


def without(value: object) -> Iterator[object]:
    """`value` with one field of its outermost map left out, each in turn."""
    assert isinstance(value, dict)
    for key in value:
        yield {other: kept for other, kept in value.items() if other != key}


@pytest.mark.parametrize("name", ["session", "release", "answer package", "proctor's log"])
def test_the_cddl_refuses_a_body_with_a_field_less_or_more(name: str) -> None:
    """Else a rule that allows anything would pass every test above."""
    rule = {"session": "session-file", "release": "release-file", "answer package": "package"}
    body = decode_plain(parse_sign1(VECTORS[name], name)[2], name)
    for changed in (*without(body), {**body, "more": 1}):
        with pytest.raises(ValidationError):
            validate(rule.get(name, "log-body"), encode(changed))


def test_the_bundle_in_the_document_is_read_line_by_line() -> None:
    read = bundle.read_bundle(VECTORS["bundle"])
    index = bundle.bundle_index(read.index, samples.TERMINAL.record)
    assert [line.number for line in index.lines] == [1, 2]


@pytest.mark.parametrize("place", [None, (3, 12)])
def test_a_terminal_of_a_session_is_described_with_its_place_and_without(
    place: tuple[int, int] | None,
) -> None:
    seated = session.SeatedTerminal(samples.TERMINAL.record.kid, "T-01", None, place)
    data = encode(seated)
    validate("seated-terminal", data)
    assert decode(data, session.SeatedTerminal, "terminal") == seated
    assert (b"place" in data) is (place is not None)
