"""Reads of the sealed journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from ledger.calls import call_all
from ledger.errors import NotSealedYet
from ledger.merkle import inclusion_path, leaf_hash
from ledger.models import JournalEntry, SealedBlock

_LEAVES = """
    SELECT l.entry_id, l.leaf FROM ledger_leaves($1::bigint + 1, (
        SELECT max(e.id) FROM (SELECT id FROM ledger_journalentry
                               WHERE id > $1 AND id <= $2::bigint
                               ORDER BY id LIMIT $3::bigint) e)) l
"""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry as it is sealed."""

    entry_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in a block: `path` leads from the leaf, `index` of `size`, to its root."""

    leaf: str
    index: int
    size: int
    path: tuple[bytes, ...]
    block: SealedBlock


def newest_entry_id() -> int:
    """Return the greatest id of an entry that is committed; 0 without entries."""
    return JournalEntry.objects.aggregate(newest=Max("id"))["newest"] or 0


def newest_block() -> SealedBlock | None:
    """Return the head of the chain."""
    return SealedBlock.objects.order_by("-height").first()


def blocks() -> Iterator[SealedBlock]:
    """Yield the chain from its first block on."""
    return SealedBlock.objects.order_by("height").iterator(chunk_size=500)


def leaves(*, above: int, last: int, limit: int) -> list[Leaf]:
    """Return the leaves of at most `limit` entries past `above` and up to `last`, in order."""
    return [Leaf(*row) for row in call_all(_LEAVES, [above, last, limit])]


def prove(entry_id: int) -> Proof:
    """Return the proof that an entry is sealed; two queries. Raises `NotSealedYet`."""
    block = (
        SealedBlock.objects.filter(last_entry_id__gte=entry_id).order_by("last_entry_id").first()
    )
    if block is None:
        raise NotSealedYet
    found = leaves(above=block.first_entry_id - 1, last=block.last_entry_id, limit=block.entries)
    index = next((at for at, leaf in enumerate(found) if leaf.entry_id == entry_id), None)
    if index is None:
        raise NotSealedYet
    hashes = [leaf_hash(leaf.text.encode()) for leaf in found]
    path = tuple(inclusion_path(hashes, index))
    return Proof(found[index].text, index, len(found), path, block)


def root_of(block: SealedBlock) -> tuple[bytes, int]:
    """Return the root over a block's entries as they are now, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT root, entries FROM ledger_root(%s, %s)",
            [block.first_entry_id, block.last_entry_id],
        )
        found, entries = cursor.fetchone()
    return bytes(found), entries
