from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError
from psycopg import Error as PsycopgError
from psycopg.types.json import Jsonb

from accounts.answers import pack, unpack
from accounts.operations.claim_answer import EarlierAnswer
from accounts.principal import Standing
from events.causes import Cause
from ledger.calls import Row, call_all
from ledger.errors import AccountBlocked, AllowanceExceeded, CeilingReached
from ledger.verdicts import refusal_named
from wallets.errors import LimitExceeded, ReceiverCannotTake, TransfersUndone
from wallets.limits import TIERS, UNLIMITED
from wallets.operations.transfer import (
    AnswerToKeep,
    TransferOrder,
    fee_account,
    priced,
    refusal_of_blocked,
)

_CALL = """
    SELECT verdict, fingerprint, status, body FROM wallets_transfer_many(
        $1::uuid[], $2::uuid[], $3::bytea[], $4::varchar[], $5::bigint[], $6::bigint[],
        $7::bigint[], $8::varchar[], $9::varchar[], $10::jsonb[], $11::timestamptz[],
        $12::uuid[], $13::uuid[], $14::varchar[], $15::bigint[], $16::bigint[], $17::bigint[],
        $18::bigint[])
"""
_JUDGED_CALL = """
    SELECT verdict, fingerprint, status, body FROM wallets_transfer_many_of(
        $1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::uuid[], $6::uuid[], $7::bytea[],
        $8::varchar[], $9::bigint[], $10::bigint[], $11::bigint[], $12::varchar[], $13::varchar[],
        $14::jsonb[], $15::timestamptz[], $16::uuid[], $17::uuid[], $18::varchar[],
        $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
"""
# The server says of itself that a statement was rolled back, unless the connection broke.
_CONNECTION_LOST = ("08", "57P", "40003")
_NO_LIMITS = UNLIMITED.as_list()
_NO_CEILINGS: list[int | None] = [None] * TIERS


@dataclass(frozen=True, slots=True)
class TransferTask:
    """An order, the answer to keep for its key if it has one, and who asked for it.

    `caller` is set when that one was only remembered.
    """

    order: TransferOrder
    keep: AnswerToKeep | None
    cause: Cause
    caller: Standing | None = None


TransferOutcome = EarlierAnswer | None


def transfer_many(tasks: Sequence[TransferTask]) -> list[TransferOutcome | Exception]:
    """Carry out transfers in one database call and one transaction, as if one after the other.

    Returns for each what `transfer` would have returned, or the refusal that it would have
    raised; a refused one leaves nothing and does not hinder the others. No two may have the same
    key. Raises `TransfersUndone` when the database undid all of them, or one of the callers is no
    longer who they were, and the database's own error when nobody can tell.
    """
    for task in tasks:
        task.order.check()
    tasks = [replace(task, order=priced(task.order)) for task in tasks]
    try:
        rows = _call(tasks)
    except DatabaseError as error:
        if _was_undone(error):
            raise TransfersUndone from error
        raise
    if not rows:
        raise TransfersUndone
    return [_outcome(task, row) for task, row in zip(tasks, rows, strict=True)]


def _call(tasks: Sequence[TransferTask]) -> list[Row]:
    callers = [task.caller for task in tasks]
    if not any(callers):
        return call_all(_CALL, _parameters(tasks))
    standing = [
        [caller and caller.family_id for caller in callers],
        [caller and caller.person_id for caller in callers],
        [caller and caller.version for caller in callers],
        [caller and caller.stamp for caller in callers],
    ]
    return call_all(_JUDGED_CALL, [*standing, *_parameters(tasks)])


def _parameters(tasks: Sequence[TransferTask]) -> list[Any]:
    orders = [task.order for task in tasks]
    keeps = [task.keep for task in tasks]
    return [
        [keep and keep.request_key for keep in keeps],
        [keep and keep.fingerprint for keep in keeps],
        [keep and pack(keep.body) for keep in keeps],
        [order.reference for order in orders],
        [order.source.account_id for order in orders],
        [order.destination.account_id for order in orders],
        [order.amount.amount_minor for order in orders],
        [order.amount.currency.code for order in orders],
        [order.description for order in orders],
        [Jsonb(order.metadata) if order.metadata else None for order in orders],
        [order.at for order in orders],
        [order.source.owner_id for order in orders],
        [task.cause.actor_id for task in tasks],
        [task.cause.request_id for task in tasks],
        [order.fee.amount_minor for order in orders],
        [fee_account(order) for order in orders],
        _limits(orders),
        _ceilings(orders),
    ]


def _limits(orders: Sequence[TransferOrder]) -> list[int | None] | None:
    """Return five numbers for each order, or None when nobody has limits."""
    each = [order.terms.limits if order.terms else None for order in orders]
    if not any(each):
        return None
    return [number for limits in each for number in limits or _NO_LIMITS]


def _ceilings(orders: Sequence[TransferOrder]) -> list[int | None] | None:
    """Return a number a tier for each order, or None when no currency has ceilings."""
    each = [order.terms.ceilings if order.terms else None for order in orders]
    if not any(each):
        return None
    return [number for ceilings in each for number in ceilings or _NO_CEILINGS]


def _outcome(task: TransferTask, row: Row) -> TransferOutcome | Exception:
    verdict, fingerprint, status, body = row
    if verdict == "posted":
        return None
    if verdict == "earlier":
        return EarlierAnswer(fingerprint, status, unpack(body))
    match refusal_named(verdict):
        case AccountBlocked():
            return refusal_of_blocked(task.order)
        case AllowanceExceeded():
            return LimitExceeded()
        case CeilingReached():
            return ReceiverCannotTake()
        case refusal:
            return refusal


def _was_undone(error: DatabaseError) -> bool:
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, PsycopgError) else None
    return state is not None and not state.startswith(_CONNECTION_LOST)
