"""Money that travels without us: set aside for a certificate, given back, and paid out of it.

Only `offline` calls these, and knows why; here is only which accounts move. Each is one entry,
once for ever by its reference, inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from events import causes
from ledger import chart
from ledger.entries import Entry, Line, Posted
from ledger.errors import AccountBlocked
from ledger.money import Money
from ledger.operations import block_account, open_account, open_customer_account, post
from ledger.queries import chart_balance
from wallets.errors import CurrencyMismatch, OutsideTransaction, WalletNotActive
from wallets.models import Wallet
from wallets.operations.receive import shard_of

LOAD, UNLOAD, IN, OUT = "offline_load", "offline_unload", "offline_in", "offline_out"


@dataclass(frozen=True, slots=True)
class Shares:
    """Which pockets pay a voucher, in minor units: the payer's own first, ours last."""

    hold_minor: int = 0
    offline_minor: int = 0
    current_minor: int = 0
    reserve_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.hold_minor + self.recourse_minor + self.reserve_minor

    @property
    def recourse_minor(self) -> int:
        return self.offline_minor + self.current_minor


@dataclass(frozen=True, slots=True)
class OfflinePayment:
    """A voucher that is paid. `payer` is its certificate's wallet, `current` the payer's other."""

    reference: str
    hold_account_id: int | None
    payer: Wallet
    current: Wallet | None
    payee: Wallet
    shares: Shares
    occurred_at: datetime


def set_aside(
    *, wallet: Wallet, certificate: str, amount: Money, reference: str, at: datetime
) -> int:
    """Move available money of a wallet into the hold of a certificate; return the hold's account.

    Raises `CurrencyMismatch`, `WalletNotActive`, the ledger's `InsufficientFunds`.
    """
    _check(wallet, amount.currency.code)
    hold = open_customer_account(chart.offline_hold(certificate, wallet.currency))
    _post(
        reference,
        LOAD,
        at,
        (
            Line(wallet.account_id, -amount.amount_minor, LOAD),
            Line(hold, amount.amount_minor, LOAD),
        ),
    )
    return hold


def give_back(
    *, wallet: Wallet, hold_account_id: int, amount: Money, reference: str, at: datetime
) -> Posted:
    """Move money out of a certificate's hold back to its wallet; raises as `set_aside` does."""
    _check(wallet, amount.currency.code)
    return _post(
        reference,
        UNLOAD,
        at,
        (
            Line(hold_account_id, -amount.amount_minor, UNLOAD),
            Line(wallet.account_id, amount.amount_minor, UNLOAD),
        ),
    )


def pay_offline(payment: OfflinePayment) -> Posted:
    """Pay a voucher from the pockets that `shares` names. What the reserve pays, the payer owes.

    Raises `CurrencyMismatch`, `WalletNotActive` when an account is closed to this, and the
    ledger's `InsufficientFunds` when a pocket holds less than its share.
    """
    _check(payment.payer, payment.payee.currency)
    return _post(payment.reference, IN, payment.occurred_at, tuple(_lines(payment)))


def lock_reserve(currency: str) -> int:
    """Return what the offline reserve holds, in minor units, fixed until the transaction ends."""
    reserve = chart.offline_reserve(currency)
    (account_id,) = open_account(reserve, floor_minor=0)
    block_account(account_id=account_id, debits=False, credits_=False)
    return chart_balance(reserve)


def fund_reserve(*, amount: Money, reference: str, at: datetime) -> Posted:
    """Put the platform's own money into the offline reserve. Once for ever by `reference`."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    code = amount.currency.code
    (reserve,) = open_account(chart.offline_reserve(code), floor_minor=0)
    return _post(
        reference,
        "adjustment",
        at,
        (
            Line(reserve, amount.amount_minor, "adjustment"),
            Line(shard_of(chart.adjustments(code)), -amount.amount_minor, "adjustment"),
        ),
    )


def _lines(payment: OfflinePayment) -> list[Line]:
    shares, payer = payment.shares, payment.payer
    lines = [Line(payment.payee.account_id, shares.total_minor, IN)]
    if shares.hold_minor and payment.hold_account_id:
        lines.append(Line(payment.hold_account_id, -shares.hold_minor, OUT))
    if shares.offline_minor:
        lines.append(Line(payer.account_id, -shares.offline_minor, OUT))
    if shares.current_minor and payment.current:
        lines.append(Line(payment.current.account_id, -shares.current_minor, OUT))
    if shares.reserve_minor:
        lines += _from_reserve(payer, shares.reserve_minor)
    return lines


def _from_reserve(payer: Wallet, minor: int) -> list[Line]:
    (reserve,) = open_account(chart.offline_reserve(payer.currency), floor_minor=0)
    (receivable,) = open_account(chart.offline_receivable(payer.number, payer.currency))
    (claims,) = open_account(chart.offline_claims(payer.currency))
    return [
        Line(reserve, -minor, OUT),
        Line(receivable, -minor, OUT),
        Line(claims, minor, OUT),
    ]


def _check(wallet: Wallet, currency: str) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if wallet.currency != currency:
        raise CurrencyMismatch


def _post(reference: str, kind: str, at: datetime, lines: tuple[Line, ...]) -> Posted:
    cause = causes.current()
    entry = Entry(
        reference=reference,
        kind=kind,
        lines=lines,
        occurred_at=at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
    )
    try:
        return post(entry)
    except AccountBlocked:
        raise WalletNotActive from None
