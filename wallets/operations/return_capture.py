from __future__ import annotations

from datetime import datetime

from django.db import connection

from events import causes
from ledger.entries import Posted
from ledger.errors import AccountBlocked
from ledger.operations import Reversal, reverse
from wallets.errors import OutsideTransaction, WalletNotActive


def return_capture(*, entry: str, reference: str, at: datetime) -> Posted:
    """Give back what the capture named `entry` took out of a wallet, fee and all.

    One entry that mirrors it, once for ever. Must run inside a transaction. Raises
    `WalletNotActive` when the wallet takes nothing in, and what `ledger.operations.reverse`
    raises.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    cause = causes.current()
    reversal = Reversal(
        reference=reference,
        occurred_at=at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
    )
    try:
        return reverse(reference=entry, reversal=reversal)
    except AccountBlocked:
        raise WalletNotActive from None
