"""What the ledger can do: open, block and hold on accounts, post, reverse, seal, verify."""

from ledger.operations.block_account import block_account
from ledger.operations.hold import hold, hold_available, post_from_hold, release
from ledger.operations.open_account import open_account, open_customer_account
from ledger.operations.post import post
from ledger.operations.post_batch import post_batch
from ledger.operations.reverse import Reversal, reverse
from ledger.operations.seal_entries import seal_entries
from ledger.operations.verify import Finding, all_checks, verify
from ledger.operations.verify_seals import SealFinding, verify_seals

__all__ = [
    "Finding",
    "Reversal",
    "SealFinding",
    "all_checks",
    "block_account",
    "hold",
    "hold_available",
    "open_account",
    "open_customer_account",
    "post",
    "post_batch",
    "post_from_hold",
    "release",
    "reverse",
    "seal_entries",
    "verify",
    "verify_seals",
]
