from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.principal import Standing
from events import causes
from wallets.errors import TooBusy, TransferOutcomeUnknown, TransfersUndone
from wallets.gathering import Crowded, Gatherer, OutcomeUnknown, Undone
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer
from wallets.operations.transfer_many import TransferOutcome, TransferTask, transfer_many

_MOST = 100
_ROOM = 1000
# Longer than any lock is waited for, shorter than a client's patience.
_PATIENCE = 10.0


def gather_transfer(
    *, order: TransferOrder, keep: AnswerToKeep | None = None, caller: Standing | None = None
) -> TransferOutcome:
    """Do what `transfer` does, together with those that other threads ask for meanwhile.

    Without `GATHER_TRANSFERS`, and inside a transaction, it is `transfer`. Raises in addition
    `TooBusy` when too many wait, and `TransferOutcomeUnknown`.
    """
    if not settings.GATHER_TRANSFERS or connection.in_atomic_block:
        return transfer(order=order, keep=keep, caller=caller)
    order.check()
    try:
        return _gatherer.submit(TransferTask(order, keep, causes.current(), caller))
    except Crowded:
        raise TooBusy from None
    except OutcomeUnknown:
        raise TransferOutcomeUnknown from None


def _one(task: TransferTask) -> TransferOutcome:
    """Carry out the task of the request that this thread serves: its cause is the current one."""
    return transfer(order=task.order, keep=task.keep, caller=task.caller)


def _many(tasks: Sequence[TransferTask]) -> Sequence[TransferOutcome | Exception]:
    # Of requests with one key the first goes; the others ask alone, and find its answer.
    firsts: dict[UUID | str, TransferTask] = {}
    for task in tasks:
        firsts.setdefault(_name(task), task)
    try:
        outcomes = dict(zip(firsts, transfer_many(list(firsts.values())), strict=True))
    except TransfersUndone:
        raise Undone from None
    return [outcomes[_name(task)] if firsts[_name(task)] is task else Undone() for task in tasks]


def _name(task: TransferTask) -> UUID | str:
    return task.keep.request_key if task.keep else task.order.reference


_gatherer: Gatherer[TransferTask, TransferOutcome] = Gatherer(
    one=_one, many=_many, most=_MOST, room=_ROOM, patience=_PATIENCE
)
