"""The transparency log's proofs, RFC 9162 section 2.1."""

from __future__ import annotations

import hashlib

import pytest

from kiosk.artefacts.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    root,
)

SIZES = range(71)
LEAVES = [leaf_hash(bytes([index])) for index in SIZES]
ROOTS = [root(LEAVES[:size]) for size in (*SIZES, 71)]


def root_as_the_rfc_says(leaves: list[bytes]) -> bytes:
    """MTH(D[n]) of section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = root_as_the_rfc_says(leaves[:split]), root_as_the_rfc_says(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def changed(path: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """`path` altered, one more, one less, two exchanged."""
    altered = [
        (*path[:at], bytes([node[0] ^ 1]) + node[1:], *path[at + 1 :])
        for at, node in enumerate(path)
    ]
    less = [(*path[:at], *path[at + 1 :]) for at in range(len(path))]
    swapped = [
        (*path[: at - 1], path[at], path[at - 1], *path[at + 1 :]) for at in range(1, len(path))
    ]
    return [*altered, *less, *swapped, (*path, bytes(32)), (bytes(32), *path)]


def test_roots_are_those_of_the_rfcs_definition() -> None:
    assert root([]) == EMPTY_ROOT == root_as_the_rfc_says([])
    for size in SIZES:
        assert ROOTS[size] == root_as_the_rfc_says(LEAVES[:size])


def test_a_published_vector_holds() -> None:
    """Test data of the certificate-transparency project's Merkle tests: eight leaves."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    leaves = [leaf_hash(bytes.fromhex(data)) for data in inputs]
    assert root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", range(1, 71))
def test_every_inclusion_proof_holds_and_no_altered_one(size: int) -> None:
    for index in range(size):
        path = inclusion_proof(LEAVES[:size], index)
        assert includes(ROOTS[size], size, LEAVES[index], index, path)
        for wrong in changed(path):
            assert not includes(ROOTS[size], size, LEAVES[index], index, wrong)
        assert not includes(ROOTS[size], size, leaf_hash(b"x"), index, path)
        assert not includes(ROOTS[size - 1], size, LEAVES[index], index, path)
        for other in (index - 1, index + 1):
            assert not includes(ROOTS[size], size, LEAVES[index], other, path)


@pytest.mark.parametrize("size", range(1, 71))
def test_every_consistency_proof_holds_and_no_altered_one(size: int) -> None:
    for first in range(1, size + 1):
        path = consistency_proof(LEAVES[:size], first)
        assert consistent(ROOTS[first], first, ROOTS[size], size, path)
        for wrong in changed(path):
            assert not consistent(ROOTS[first], first, ROOTS[size], size, wrong)
        forked = root([*LEAVES[: size - 1], leaf_hash(b"x")])
        assert not consistent(ROOTS[first], first, forked, size, path)


def test_what_does_not_exist_has_no_proof() -> None:
    for index in (-1, 5):
        with pytest.raises(IndexError):
            inclusion_proof(LEAVES[:5], index)
    for first in (-1, 0, 6):
        with pytest.raises(ValueError, match="no tree"):
            consistency_proof(LEAVES[:5], first)
    assert not includes(EMPTY_ROOT, 0, LEAVES[0], 0, ())
    assert not consistent(EMPTY_ROOT, 0, ROOTS[5], 5, ())
    assert not consistent(ROOTS[5], 5, ROOTS[4], 4, ())
