"""The books.

A `LedgerAccount` holds money of one `Currency`; a `JournalEntry` is one movement, made of
`Posting`s that sum to zero.
"""

from ledger.models.account import NO_FLOOR, LedgerAccount
from ledger.models.currency import Currency
from ledger.models.entry import JournalEntry
from ledger.models.posting import Posting

__all__ = ["NO_FLOOR", "Currency", "JournalEntry", "LedgerAccount", "Posting"]
