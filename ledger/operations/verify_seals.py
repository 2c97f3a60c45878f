from __future__ import annotations

import json
from dataclasses import dataclass

from ledger import seal_queries
from ledger.models import SealedBlock
from ledger.seals import GENESIS, hash_of, is_signed


@dataclass(frozen=True, slots=True)
class SealFinding:
    """What a look at the chain found: `detail` says what is wrong first, and is empty if nothing.

    `hash` is the head's, in hex.
    """

    blocks: int
    hash: str
    detail: str


def verify_seals(*, trusted: frozenset[str], anchors: dict[int, str] | None = None) -> SealFinding:
    """Prove the chain from its first block: roots, order, signatures of `trusted` keys, anchors.

    `anchors` are hashes in hex, by height, that were kept outside the database: with one, a tail
    that was cut off or sealed anew is found.
    """
    wanted, count, previous = dict(anchors or {}), 0, GENESIS
    for block in seal_queries.blocks():
        fault = _fault(block, expected=count + 1, previous=previous, trusted=trusted)
        anchor = wanted.pop(block.height, None)
        if not fault and anchor is not None and anchor != bytes(block.hash).hex():
            fault = "is not the one that was anchored"
        if fault:
            return SealFinding(count, previous.hex(), f"block {block.height} {fault}")
        count, previous = count + 1, bytes(block.hash)
    if wanted:
        return SealFinding(count, previous.hex(), f"block {min(wanted)} was anchored and is gone")
    return SealFinding(count, previous.hex(), "")


def _fault(block: SealedBlock, *, expected: int, previous: bytes, trusted: frozenset[str]) -> str:
    if block.height != expected or bytes(block.previous) != previous:
        return "does not follow the one before it"
    if block.public_key not in trusted:
        return "is signed by a key that is not trusted"
    if not is_signed(block.head, signature=bytes(block.signature), public=block.public_key):
        return "is not signed by its key"
    said = json.loads(block.head)
    found, entries = seal_queries.root_of(block)
    if (said["root"], said["entries"]) != (found.hex(), entries):
        return "does not seal the entries that are there"
    told = (said["first_entry_id"], said["last_entry_id"], said["previous"])
    row = (block.first_entry_id, block.last_entry_id, previous.hex())
    if told != row or bytes(block.hash) != hash_of(block.head):
        return "does not say what its row says"
    return ""
