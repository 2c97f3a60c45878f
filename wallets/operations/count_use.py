from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from ledger.calls import call
from ledger.errors import AllowanceExceeded
from ledger.money import Money
from ledger.verdicts import Translated
from wallets import queries, tariff
from wallets.errors import CurrencyMismatch, LimitExceeded, OutsideTransaction
from wallets.facts import WalletFacts
from wallets.models import Wallet

_CALL = """
    SELECT wallets_count_use($1::bigint, $2::varchar, $3::bigint, $4::date, $5::bigint[])::text
"""
# What makes a wallet fuller is measured against what it may hold as well.
_INCOMING = ("deposit",)


def count_use(*, wallet: Wallet | WalletFacts, operation: str, amount: Money, at: datetime) -> None:
    """Count one use of a wallet for an operation of `limits.OPERATIONS`, within its owner's limits.

    It counts with the transaction of the caller and is undone with it. Raises `LimitExceeded`,
    after which nothing is counted, `CurrencyMismatch` and `OutsideTransaction`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    code = amount.currency.code
    if wallet.currency != code:
        raise CurrencyMismatch
    standing = queries.standing_of(wallet.account_id)

    if operation in _INCOMING:
        ceilings = tariff.ceilings(code, at=at)
        most = ceilings[standing.tier] if ceilings else None
        if most is not None and standing.total_minor + amount.amount_minor > most:
            raise LimitExceeded("This is more than the wallet may hold.")
    limits = tariff.limits_of(operation=operation, currency=code, tier=standing.tier, at=at)
    if not limits:
        return
    day = at.astimezone(UTC).date()
    try:
        with Translated():
            call(_CALL, [wallet.account_id, operation, amount.amount_minor, day, limits.as_list()])
    except AllowanceExceeded:
        raise LimitExceeded from None
