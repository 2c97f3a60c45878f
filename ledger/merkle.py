"""Merkle trees of RFC 6962, section 2: one hash for many leaves, and short proofs of each. Pure.

A leaf is hashed with the byte 0 in front and a node with the byte 1, so that neither passes for
the other. The tree of n leaves splits at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the hash of the tree over leaves that are hashed already; `EMPTY` for none."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]  # one that is left over moves up as it is
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root, the leaf's neighbour first.

    Raises `IndexError` for a leaf that is not there.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path, level = [], list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
        index //= 2
    return path


def root_of(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from a leaf; None when the path is of another length.

    As RFC 9162, section 2.1.3.2, has it.
    """
    if not 0 <= index < size:
        return None
    node, last = leaf, size - 1
    for hash_ in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = _node(hash_, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = _node(node, hash_)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
