from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from events.operations import append_event
from ledger.operations import block_account
from wallets import queries
from wallets.models import Wallet, WalletStatus


def stop_debits(wallets: Iterable[Wallet], *, reason: str) -> None:
    """Let nothing out of these wallets until `allow_debits`; what comes in still does.

    Waits for what is being paid out of them, and locks their accounts until the transaction
    ends: what they hold can be read exactly afterwards.
    """
    for wallet in _in_order(wallets):
        block_account(
            account_id=wallet.account_id,
            debits=True,
            credits_=wallet.status != WalletStatus.ACTIVE,
        )
        append_event(
            type="wallet.debits_stopped",
            subject=wallet.number,
            owner_id=wallet.owner_id,
            data={"reason": reason},
        )


def allow_debits(wallets: Iterable[Wallet], *, reason: str) -> None:
    """Let money out again, of those wallets that are not frozen or closed for themselves."""
    for wallet in _in_order(wallets):
        if wallet.status != WalletStatus.ACTIVE:
            continue
        block_account(account_id=wallet.account_id, debits=False, credits_=False)
        append_event(
            type="wallet.debits_allowed",
            subject=wallet.number,
            owner_id=wallet.owner_id,
            data={"reason": reason},
        )


@contextmanager
def debits_let_through(wallets: Iterable[Wallet]) -> Iterator[dict[int, int]]:
    """Take money out of wallets that were stopped: let it through in the block, and stop again.

    Yields what each has available, in minor units by account id: exact, since the accounts stay
    locked until the transaction ends. Nobody else sees them open.
    """
    in_order = _in_order(wallets)
    for wallet in in_order:
        block_account(account_id=wallet.account_id, debits=False, credits_=False)
    yield queries.available_minor([wallet.account_id for wallet in in_order])
    for wallet in in_order:
        credits_ = wallet.status != WalletStatus.ACTIVE
        block_account(account_id=wallet.account_id, debits=True, credits_=credits_)


def _in_order(wallets: Iterable[Wallet]) -> list[Wallet]:
    return sorted(wallets, key=lambda wallet: wallet.account_id)
