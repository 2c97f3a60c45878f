from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from events.operations import append_event
from wallets import life_queries, locks
from wallets.errors import OutsideTransaction, WalletClosed, WalletNotActive, WalletNotEmpty
from wallets.models import Wallet, WalletStatus
from wallets.operations.blocks import apply_blocks


def close_wallet(*, wallet: Wallet, at: datetime) -> Wallet:
    """Close a wallet that holds nothing and has nothing under way; it stays closed.

    Must run inside a transaction. Raises `WalletClosed`, `WalletNotActive` for one that is
    frozen or stopped, and `WalletNotEmpty`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    locked = locks.lock_wallet(wallet)
    if locked.status == WalletStatus.CLOSED:
        raise WalletClosed
    if locked.status != WalletStatus.ACTIVE or locked.debits_stopped:
        raise WalletNotActive("This wallet is frozen.")

    _close(locked)
    # Read only now that nothing can arrive or leave any more.
    if open_items := _open_items(locked):
        raise WalletNotEmpty(open_items=open_items)
    return locked


def close_for_erasure(*, person_id: UUID, at: datetime) -> None:
    """Close all wallets of somebody whose data is being erased, in the caller's transaction.

    What they hold is not looked at here: the caller does so afterwards, when nothing can arrive
    any more, and undoes all of it where something is left.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    for wallet in locks.lock_wallets_of(person_id):
        if wallet.status == WalletStatus.CLOSED:
            continue
        freeze = locks.open_freeze(wallet)
        if freeze is not None:
            freeze.lifted_at, freeze.lift_reason = at, "closed"
            freeze.save(update_fields=["lifted_at", "lift_reason"])
        _close(wallet)


def _close(wallet: Wallet) -> None:
    wallet.status = WalletStatus.CLOSED
    wallet.save(update_fields=["status"])
    apply_blocks(wallet)
    append_event(type="wallet.closed", subject=wallet.number, owner_id=wallet.owner_id, data={})


def _open_items(wallet: Wallet) -> list[str]:
    found = []
    balance = life_queries.balance_of(wallet)
    if balance.total_minor or balance.held_minor:
        found.append("money in the wallet")
    with connection.cursor() as cursor:
        for name in settings.OPEN_ITEMS_OF_WALLET:
            statements: dict[str, str] = import_string(name)
            for item, statement in statements.items():
                cursor.execute(statement, {"wallet": wallet.account_id})
                if cursor.fetchall() == [(True,)]:
                    found.append(item)
    return found
