from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from events.operations import append_event
from ledger.errors import AccountBlocked, InsufficientFunds, ReferenceTaken
from ledger.money import Money
from ledger.operations import hold, hold_available
from wallets.errors import CurrencyMismatch, OutsideTransaction, WalletNotActive
from wallets.models import Hold, HoldPurpose, Wallet
from wallets.operations.count_use import count_use


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What is to be set aside. `reference` is new and unique for ever.

    Without `expires_at` it stays until it is captured or released.
    """

    wallet: Wallet
    amount: Money
    reference: str
    at: datetime
    expires_at: datetime | None = None
    description: str = ""
    purpose: str = HoldPurpose.CUSTOMER


def place_hold(*, order: HoldOrder) -> Hold:
    """Set money of a wallet aside: what is available falls at once.

    Once for ever by its reference: a second call with the same values answers the hold of then,
    with others `ReferenceTaken`. A customer's counts within their limits. Must run inside a
    transaction. Raises `CurrencyMismatch`, `WalletNotActive`, `LimitExceeded` and the ledger's
    `InsufficientFunds`.
    """
    _check(order)
    if earlier := _earlier(order):
        return earlier
    minor = order.amount.amount_minor
    try:
        with transaction.atomic():
            if order.purpose == HoldPurpose.CUSTOMER:
                count_use(wallet=order.wallet, operation="hold", amount=order.amount, at=order.at)
            at = hold(account_id=order.wallet.account_id, amount_minor=minor)
            return _write(order, amount_minor=minor, at=at)
    except (AccountBlocked, InsufficientFunds, IntegrityError) as refusal:
        # Placed meanwhile, it stands, and may be what took the money.
        if made := _earlier(order):
            return made
        if isinstance(refusal, AccountBlocked):
            raise WalletNotActive from None
        raise


def hold_what_is_there(*, order: HoldOrder) -> Hold | None:
    """Set aside as much of the order's amount as is available, though debits be frozen.

    Returns None where nothing is. Otherwise as `place_hold`.
    """
    _check(order)
    if earlier := _earlier(order):
        return earlier
    try:
        with transaction.atomic():
            minor, at = hold_available(
                account_id=order.wallet.account_id, amount_minor=order.amount.amount_minor
            )
            return _write(order, amount_minor=minor, at=at) if minor else None
    except IntegrityError:
        if made := _earlier(order):
            return made
        raise


def _check(order: HoldOrder) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if order.wallet.currency != order.amount.currency.code:
        raise CurrencyMismatch


def _earlier(order: HoldOrder) -> Hold | None:
    found = Hold.objects.filter(reference=order.reference).select_related("wallet").first()
    if found is None:
        return None
    same = (
        found.wallet_id == order.wallet.account_id
        and found.amount_minor <= order.amount.amount_minor
        and found.purpose == order.purpose
    )
    partly = order.purpose == HoldPurpose.DISPUTE
    if not same or (found.amount_minor != order.amount.amount_minor and not partly):
        raise ReferenceTaken
    return found


def _write(order: HoldOrder, *, amount_minor: int, at: datetime) -> Hold:
    made = Hold.objects.create(
        reference=order.reference,
        wallet=order.wallet,
        amount_minor=amount_minor,
        purpose=order.purpose,
        description=order.description,
        placed_at=at,
        expires_at=order.expires_at,
    )
    append_event(
        type="hold.placed",
        subject=made.reference,
        owner_id=order.wallet.owner_id,
        data={"wallet": order.wallet.number, "purpose": order.purpose},
    )
    return made
