"""Reads that transfers need besides those of `queries`. Who asks is always an argument."""

from __future__ import annotations

from ledger.calls import call
from wallets.models import WalletStatus

_BLOCKS = """
    SELECT s.debits_blocked, d.credits_blocked, w.status
    FROM ledger_ledgeraccount s, ledger_ledgeraccount d JOIN wallets_wallet w ON w.account_id = d.id
    WHERE s.id = $1::bigint AND d.id = $2::bigint
"""


def could_take_later(*, source_id: int, destination_id: int) -> bool:
    """Whether the receiver alone stands in the way of a transfer, and may yet take it."""
    row = call(_BLOCKS, [source_id, destination_id])
    if row is None:
        return False
    source_blocked, destination_blocked, status = row
    return not source_blocked and destination_blocked and status != WalletStatus.CLOSED
