"""Merkle tree of the transparency log: RFC 9162 section 2.1, SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree whose leaf hashes are `leaves` (section 2.1.1)."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        # Pairing from the left and lifting an odd last node gives the RFC's shape, because its
        # split is at the largest power of two below n.
        level = [
            _node(level[index], level[index + 1]) if index + 1 < len(level) else level[index]
            for index in range(0, len(level), 2)
        ]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of leaf `index` (section 2.1.3), from the leaf's sibling upwards.

    Raises:
        IndexError: no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = [
            _node(level[at], level[at + 1]) if at + 1 < len(level) else level[at]
            for at in range(0, len(level), 2)
        ]
        index //= 2
    return tuple(path)


def includes(tree_root: bytes, size: int, leaf: bytes, index: int, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that `leaf` is leaf `index` of the tree (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = _node(sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = _node(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == tree_root


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """The proof that the tree of the first `first` leaves is a prefix (section 2.1.4).

    Raises:
        ValueError: `first` is not between 1 and the number of leaves.
    """
    if not 0 < first <= len(leaves):
        raise ValueError(f"no tree of {first} leaves within {len(leaves)}")
    return _subproof(leaves, first, whole=True)


def _subproof(leaves: Sequence[bytes], first: int, *, whole: bool) -> tuple[bytes, ...]:
    size = len(leaves)
    if first == size:
        return () if whole else (root(leaves),)
    split = 1 << ((size - 1).bit_length() - 1)
    if first <= split:
        return (*_subproof(leaves[:split], first, whole=whole), root(leaves[split:]))
    return (*_subproof(leaves[split:], first - split, whole=False), root(leaves[:split]))


def consistent(
    first_root: bytes, first: int, second_root: bytes, second: int, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves that the tree of `second` leaves continues that of `first` (2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second:
        return False
    nodes = list(path)
    if first & (first - 1) == 0:
        nodes.insert(0, first_root)
    if not nodes:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = _node(node, old), _node(node, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = _node(new, node)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root
