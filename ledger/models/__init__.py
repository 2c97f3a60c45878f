"""The books.

A `LedgerAccount` holds money of one `Currency`; a `JournalEntry` is one movement, made of
`Posting`s that sum to zero; a `SealedBlock` is a run of entries that nobody can change unseen.
"""

from ledger.models.account import NO_FLOOR, LedgerAccount
from ledger.models.currency import Currency
from ledger.models.entry import JournalEntry
from ledger.models.posting import Posting
from ledger.models.sealed_block import SealedBlock

__all__ = ["NO_FLOOR", "Currency", "JournalEntry", "LedgerAccount", "Posting", "SealedBlock"]
