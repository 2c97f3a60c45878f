from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from events.operations import append_event
from ledger.operations import block_account
from wallets import locks, queries
from wallets.models import Wallet
from wallets.operations.blocks import apply_blocks


def stop_debits(wallets: Iterable[Wallet], *, reason: str) -> None:
    """Let nothing out of these wallets until `allow_debits`; what comes in still does.

    Waits for what is being paid out of them, and locks their accounts until the transaction
    ends: what they hold can be read exactly afterwards. Freezes stay as they are.
    """
    for wallet in locks.lock_wallets(wallets):
        _stop(wallet, stopped=True)
        append_event(
            type="wallet.debits_stopped",
            subject=wallet.number,
            owner_id=wallet.owner_id,
            data={"reason": reason},
        )


def allow_debits(wallets: Iterable[Wallet], *, reason: str) -> None:
    """Let money out again, of those wallets that are not frozen or closed for themselves."""
    for wallet in locks.lock_wallets(wallets):
        if not wallet.debits_stopped:
            continue
        _stop(wallet, stopped=False)
        append_event(
            type="wallet.debits_allowed",
            subject=wallet.number,
            owner_id=wallet.owner_id,
            data={"reason": reason},
        )


@contextmanager
def debits_let_through(wallets: Iterable[Wallet]) -> Iterator[dict[int, int]]:
    """Take money out of wallets that are stopped or frozen: let it through in the block.

    Yields what each has available, in minor units by account id: exact, since the accounts stay
    locked until the transaction ends. Nobody else sees them open.
    """
    locked = locks.lock_wallets(wallets)
    for wallet in locked:
        block_account(account_id=wallet.account_id, debits=False, credits_=False)
    yield queries.available_minor([wallet.account_id for wallet in locked])
    for wallet in locked:
        apply_blocks(wallet)


def _stop(wallet: Wallet, *, stopped: bool) -> None:
    wallet.debits_stopped = stopped
    wallet.save(update_fields=["debits_stopped"])
    apply_blocks(wallet)
