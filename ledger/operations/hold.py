"""What is set aside on an account: still its holder's, and not to be spent.

Whose hold it is and until when, is the caller's to remember. Must run inside a transaction that
writes this down: the account stays locked until it ends. Amounts are minor units above zero.
"""

from __future__ import annotations

from datetime import datetime

from ledger.calls import call
from ledger.entries import Entry, Posted
from ledger.operations.post import entry_parameters
from ledger.verdicts import Translated

_HOLD = "SELECT held, recorded FROM ledger_hold($1::bigint, $2::bigint, $3::boolean)"
_RELEASE = "SELECT ledger_release($1::bigint, $2::bigint)"
_SPEND = """
    SELECT entry_id, recorded FROM ledger_post_from_hold(
        $1::bigint, $2::bigint, $3::boolean,
        $4::varchar, $5::varchar, $6::bigint[], $7::bigint[], $8::varchar[],
        $9::timestamptz, $10::uuid, $11::varchar, $12::jsonb)
"""


def hold(*, account_id: int, amount_minor: int) -> datetime:
    """Set money aside; returns since when, by the clock of the postings.

    Raises `InsufficientFunds`, `AccountBlocked` where debits are, and `UnknownAccount`.
    """
    with Translated():
        row = call(_HOLD, [account_id, amount_minor, False])
    if row is None:
        raise RuntimeError("ledger_hold answers a row or raises")
    at: datetime = row[1]
    return at


def hold_available(*, account_id: int, amount_minor: int) -> tuple[int, datetime]:
    """Set aside as much of an amount as is there, perhaps nothing, though debits be blocked.

    Returns how much and since when. Raises `UnknownAccount`.
    """
    with Translated():
        row = call(_HOLD, [account_id, amount_minor, True])
    if row is None:
        raise RuntimeError("ledger_hold answers a row or raises")
    return max(row[0], 0), row[1]


def release(*, account_id: int, amount_minor: int) -> datetime:
    """Make available what was set aside, though debits be blocked; returns since when."""
    with Translated():
        row = call(_RELEASE, [account_id, amount_minor])
    if row is None:
        raise RuntimeError("ledger_release answers a row or raises")
    at: datetime = row[0]
    return at


def post_from_hold(
    entry: Entry, *, account_id: int, release_minor: int, through_block: bool = False
) -> Posted:
    """Release what is set aside on an account and post an entry that spends it, as one.

    With `through_block` also while the account's debits are blocked. A second call would
    release twice: whether the entry stands already is the caller's to know. Raises what `post`
    raises.
    """
    accounts_on = [account_id, release_minor, through_block]
    with Translated():
        row = call(_SPEND, [*accounts_on, *entry_parameters(entry)])
    if row is None:
        raise RuntimeError("ledger_post_from_hold answers a row or raises")
    return Posted(*row)
