from __future__ import annotations

import logging
import time
from datetime import datetime

from django.db import connection, transaction

from ledger import locks, seal_queries
from ledger.merkle import leaf_hash, root
from ledger.models import SealedBlock
from ledger.seals import GENESIS, Head, SealKey, hash_of

# A proof reads the whole block of its entry.
MOST_ENTRIES = 5_000

_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND pid IS DISTINCT FROM pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (relation, mode) IN (('ledger_journalentry'::regclass, 'RowExclusiveLock'),
                               ('ledger_ledgeraccount'::regclass, 'RowExclusiveLock'),
                               ('ledger_ledgeraccount'::regclass, 'RowShareLock'))
"""
_LOOKS_A_SECOND = 20

logger = logging.getLogger(__name__)


def seal_entries(*, key: SealKey, at: datetime, patience: float = 10.0) -> list[SealedBlock]:
    """Seal every entry that nothing can come before any more, and return the new blocks.

    Waits up to `patience` seconds for those who were posting when it began, and seals nothing if
    one of them takes longer; the next call will. Must not run inside a transaction, so that
    it sees what others commit. Two callers at once make one chain. The head of the chain
    goes to the log, which is the anchor outside the database.
    """
    last = _settled(patience)
    if last is None:
        return []
    made = []
    while block := _seal_next(key, at=at, last=last):
        made.append(block)
    if made:
        head = made[-1]
        anchor = {"height": head.height, "hash": head.hash.hex(), "entry": head.last_entry_id}
        logger.info("journal_sealed", extra=anchor)
    return made


def _settled(patience: float) -> int | None:
    """Return an entry's id up to which every entry is there; None while that is unknown.

    An entry has its id before it is committed, so a later one may be seen first. Who posts
    holds locks on the tables of accounts or entries from before the id is taken: once all who
    held one are done, nothing up to the greatest id that was there can come any more.
    """
    greatest = seal_queries.newest_entry_id()
    before, until = _writers(), time.monotonic() + patience
    while before:
        if time.monotonic() > until:
            return None
        time.sleep(1 / _LOOKS_A_SECOND)
        before &= _writers()
    return greatest


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {name for (name,) in cursor}


@transaction.atomic(durable=True)
def _seal_next(key: SealKey, *, at: datetime, last: int) -> SealedBlock | None:
    if not locks.take_sealing():
        return None
    before = seal_queries.newest_block()
    sealed = before.last_entry_id if before else 0
    leaves = seal_queries.leaves(above=sealed, last=last, limit=MOST_ENTRIES)
    if not leaves:
        return None

    head = Head(
        height=before.height + 1 if before else 1,
        previous=bytes(before.hash) if before else GENESIS,
        root=root([leaf_hash(leaf.text.encode()) for leaf in leaves]),
        first_entry_id=leaves[0].entry_id,
        last_entry_id=leaves[-1].entry_id,
        entries=len(leaves),
        sealed_at=at,
    )
    text = head.text()
    return SealedBlock.objects.create(
        height=head.height,
        first_entry_id=head.first_entry_id,
        last_entry_id=head.last_entry_id,
        entries=head.entries,
        root=head.root,
        previous=head.previous,
        hash=hash_of(text),
        head=text,
        signature=key.sign(text),
        public_key=key.public,
        sealed_at=at,
    )
