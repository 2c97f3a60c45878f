from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from events import causes
from ledger.errors import LedgerRefusal
from wallets.errors import (
    BatchRefused,
    OutsideTransaction,
    ReceiverCannotTake,
    TransfersUndone,
    WalletRefusal,
)
from wallets.models import Transfer
from wallets.operations.send_in_transit import TransitOrder, send_in_transit
from wallets.operations.transfer import TransferOrder, transfer
from wallets.operations.transfer_many import TransferTask, transfer_many

Order = TransferOrder | TransitOrder
Refusal = WalletRefusal | LedgerRefusal

LARGEST_BATCH = 1000


def send_batch(
    orders: Sequence[Order | Refusal], *, atomic: bool
) -> list[Transfer | Refusal | None]:
    """Send many transfers, direct ones in one database call, then those that have to wait.

    Returns for each, in order: None when it was completed, the transfer when it is in transit,
    or why it was refused; what was refused before stands in its place. With `atomic` all are
    sent or none: raises `BatchRefused` for the first that was refused. Must run inside a
    transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    direct = [index for index, order in enumerate(orders) if _goes_directly(order)]
    tried = dict(zip(direct, _send_directly([orders[i] for i in direct]), strict=True))
    outcomes = [_outcome(order, tried.get(index)) for index, order in enumerate(orders)]

    for index, outcome in enumerate(outcomes):
        if atomic and isinstance(outcome, WalletRefusal | LedgerRefusal):
            raise BatchRefused(index=index, refusal=outcome)
    return outcomes


def _outcome(order: Order | Refusal, tried: Refusal | None) -> Transfer | Refusal | None:
    """Send now what has to wait, and say what became of the rest."""
    if isinstance(order, TransitOrder):
        return _send_in_transit(order)
    if isinstance(order, TransferOrder) and isinstance(tried, ReceiverCannotTake):
        return _send_in_transit(TransitOrder.of(order))
    return tried if isinstance(order, TransferOrder) else order


def _goes_directly(order: Order | Refusal) -> bool:
    return isinstance(order, TransferOrder)


def _send_directly(orders: Sequence[Order | Refusal]) -> list[Refusal | None]:
    """Send what makes sense by itself in one call, and say of the rest why not."""
    refusals: dict[int, Refusal] = {}
    tasks: dict[int, TransferTask] = {}
    for index, order in enumerate(orders):
        if not isinstance(order, TransferOrder):
            continue
        try:
            order.check()
        except WalletRefusal as refusal:
            refusals[index] = refusal
        else:
            tasks[index] = TransferTask(order, None, causes.current())
    made = dict(zip(tasks, _together(list(tasks.values())), strict=True))
    return [refusals.get(index) or made.get(index) for index in range(len(orders))]


def _together(tasks: Sequence[TransferTask]) -> list[Refusal | None]:
    if not tasks:
        return []
    try:
        with transaction.atomic():
            outcomes = transfer_many(tasks)
    except TransfersUndone:
        return [_alone(task) for task in tasks]
    return [
        outcome if isinstance(outcome, WalletRefusal | LedgerRefusal) else None
        for outcome in outcomes
    ]


def _alone(task: TransferTask) -> Refusal | None:
    try:
        transfer(order=task.order)
    except (WalletRefusal, LedgerRefusal) as refusal:
        return refusal
    return None


def _send_in_transit(order: TransitOrder) -> Transfer | Refusal:
    try:
        with transaction.atomic():
            return send_in_transit(order)
    except (WalletRefusal, LedgerRefusal) as refusal:
        return refusal
