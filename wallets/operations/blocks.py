"""What a wallet's account lets through follows from the wallet's own row and its freeze."""

from __future__ import annotations

from ledger.operations import block_account
from wallets import locks
from wallets.models import Wallet, WalletStatus


def apply_blocks(wallet: Wallet) -> None:
    """Make the account of a locked wallet let through what it should, now.

    Waits for what is being posted to it, and keeps it locked until the transaction ends: what
    it holds can be read exactly afterwards.
    """
    freeze = locks.open_freeze(wallet)
    closed = wallet.status == WalletStatus.CLOSED
    block_account(
        account_id=wallet.account_id,
        debits=closed or wallet.debits_stopped or bool(freeze and freeze.debits),
        credits_=closed or bool(freeze and freeze.credits),
    )
