"""What the database's refusals mean, in the ledger's words."""

from __future__ import annotations

from types import TracebackType

from django.db import DatabaseError, connection, transaction
from psycopg import Error as PsycopgError

from ledger.errors import (
    AccountBlocked,
    AllowanceExceeded,
    AlreadyReversed,
    AmountTooLarge,
    CeilingReached,
    InsufficientFunds,
    LedgerRefusal,
    ReferenceTaken,
    ReversalMismatch,
    UnbalancedEntry,
    UnknownAccount,
)

_BY_SQLSTATE: dict[str | None, type[LedgerRefusal]] = {
    "PL001": UnbalancedEntry,
    "PL002": AccountBlocked,
    "PL003": ReferenceTaken,
    "PL004": UnknownAccount,
    "PL005": AlreadyReversed,
    "PL009": ReversalMismatch,
    "PL010": AllowanceExceeded,
    "PL011": CeilingReached,
    "22003": AmountTooLarge,
}
_BY_CONSTRAINT: dict[str | None, type[LedgerRefusal]] = {
    "balance_covers_floor_and_holds": InsufficientFunds,
    "one_entry_for_each_reference": ReferenceTaken,
}


class Translated:
    """Raises what the database refuses inside the block as a `LedgerRefusal`.

    The block is one database call: its own transaction, or a savepoint in the caller's, so
    that a refusal leaves that one usable.
    """

    # A generator would cost every posting twice as much.
    __slots__ = ("_savepoint",)

    def __enter__(self) -> None:
        self._savepoint = transaction.atomic() if connection.in_atomic_block else None
        if self._savepoint is not None:
            self._savepoint.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._savepoint is not None:
            self._savepoint.__exit__(kind, error, trace)
        if isinstance(error, DatabaseError) and (refusal := refusal_of(error)):
            raise refusal from None


def refusal_of(error: DatabaseError) -> LedgerRefusal | None:
    """Return what a database error means, or None when it is not a refusal of the ledger's."""
    cause = error.__cause__
    if not isinstance(cause, PsycopgError):
        return None
    kind = _BY_CONSTRAINT.get(cause.diag.constraint_name) or _BY_SQLSTATE.get(cause.sqlstate)
    return kind() if kind else None


def refusal_named(code: str) -> LedgerRefusal:
    """Return the refusal whose `code` a batch's verdict names."""
    return _BY_CODE[code]()


_BY_CODE = {kind.code: kind for kind in (*_BY_SQLSTATE.values(), *_BY_CONSTRAINT.values())}
