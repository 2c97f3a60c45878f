from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from events.operations import append_event
from wallets import life_queries, locks
from wallets.errors import OutsideTransaction, OwnWallet, WalletClosed, WalletNotFrozen
from wallets.models import Freeze, Wallet, WalletStatus
from wallets.operations.blocks import apply_blocks


@dataclass(frozen=True, slots=True)
class FreezeOrder:
    """What is stopped, why, by whom and until when: without `expires_at` until it is lifted.

    `actor_id` is None for what the platform does by itself.
    """

    debits: bool
    credits: bool
    reason: str
    at: datetime
    actor_id: UUID | None = None
    expires_at: datetime | None = None


def freeze_wallet(*, wallet: Wallet, order: FreezeOrder) -> Freeze:
    """Let nothing leave a wallet, nothing arrive, or both, from now on.

    Waits for what is being posted. A freeze that was there gives way to this one; the same again
    changes nothing. Must run inside a transaction. Raises `WalletClosed`, `OwnWallet`.
    """
    locked = _lock(wallet, order.actor_id)
    if locked.status == WalletStatus.CLOSED:
        raise WalletClosed
    before = locks.open_freeze(locked)
    if before is not None and _is_same(before, order):
        return before

    if before is not None:
        _lift(before, actor_id=order.actor_id, at=order.at, reason="replaced")
    made = Freeze.objects.create(
        wallet=locked,
        debits=order.debits,
        credits=order.credits,
        reason=order.reason,
        placed_by_id=order.actor_id,
        placed_at=order.at,
        expires_at=order.expires_at,
    )
    _become(locked, WalletStatus.FROZEN)
    append_event(
        type="wallet.frozen",
        subject=locked.number,
        owner_id=locked.owner_id,
        data={"debits": order.debits, "credits": order.credits},
    )
    return made


def unfreeze_wallet(*, wallet: Wallet, actor_id: UUID | None, reason: str, at: datetime) -> Wallet:
    """Lift the freeze of a wallet; debits that were stopped for another reason stay stopped.

    Must run inside a transaction. Raises `WalletNotFrozen`, `OwnWallet`.
    """
    locked = _lock(wallet, actor_id)
    freeze = locks.open_freeze(locked)
    if freeze is None:
        raise WalletNotFrozen

    _lift(freeze, actor_id=actor_id, at=at, reason=reason)
    _become(locked, WalletStatus.ACTIVE)
    append_event(type="wallet.unfrozen", subject=locked.number, owner_id=locked.owner_id, data={})
    return locked


def expire_freezes(
    *, now: datetime, limit: int = 10_000, each: Callable[[Wallet], None] | None = None
) -> int:
    """Lift every freeze whose time is over, each in a transaction of its own; returns how many."""
    done = 0
    for freeze in life_queries.freezes_to_end(now=now, limit=limit):
        with transaction.atomic(durable=True):
            wallet = locks.lock_wallet(freeze.wallet)
            still = locks.open_freeze(wallet)
            if still is None or still.pk != freeze.pk:
                continue
            unfreeze_wallet(wallet=wallet, actor_id=None, reason="expired", at=now)
        done += 1
        if each:
            each(wallet)
    return done


def _lock(wallet: Wallet, actor_id: UUID | None) -> Wallet:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if actor_id is not None and actor_id == wallet.owner_id:
        raise OwnWallet
    return locks.lock_wallet(wallet)


def _is_same(freeze: Freeze, order: FreezeOrder) -> bool:
    there = (freeze.debits, freeze.credits, freeze.reason, freeze.expires_at)
    return there == (order.debits, order.credits, order.reason, order.expires_at)


def _lift(freeze: Freeze, *, actor_id: UUID | None, at: datetime, reason: str) -> None:
    freeze.lifted_by_id, freeze.lifted_at, freeze.lift_reason = actor_id, at, reason
    freeze.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])


def _become(wallet: Wallet, status: WalletStatus) -> None:
    wallet.status = status
    wallet.save(update_fields=["status"])
    apply_blocks(wallet)
