"""Ask to be paid, take it back, and pay. All must run in a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events import causes
from events.operations import append_event
from ledger.entries import Entry, Line
from ledger.errors import AccountBlocked
from ledger.money import Money, currency
from ledger.operations import post
from wallets import locks
from wallets.errors import (
    CurrencyMismatch,
    PaymentAmountMismatch,
    PaymentRequestClosed,
    PaymentRequestNotFound,
    SameWallet,
    WalletNotActive,
)
from wallets.models import PaymentRequest, PaymentRequestStatus, Wallet
from wallets.operations.check_ceiling import check_ceiling
from wallets.operations.count_use import count_use

PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class RequestOrder:
    """Into which wallet, until when, and how much: whoever pays says so where that is None."""

    wallet: Wallet
    expires_at: datetime
    amount: Money | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Who pays a request, out of what, and how much where it leaves that open.

    `reference` is unique for ever.
    """

    request_id: UUID
    source: Wallet
    reference: str
    at: datetime
    amount: Money | None = None


def request_payment(*, order: RequestOrder, request_id: UUID) -> PaymentRequest:
    """Ask to be paid; `request_id` is what whoever pays is given, and must not be guessable.

    Raises `CurrencyMismatch`.
    """
    wallet, amount = order.wallet, order.amount
    if amount is not None and amount.currency.code != wallet.currency:
        raise CurrencyMismatch

    request = PaymentRequest.objects.create(
        id=request_id,
        owner_id=wallet.owner_id,
        wallet=wallet,
        amount_minor=None if amount is None else amount.amount_minor,
        description=order.description,
        expires_at=order.expires_at,
    )
    _tell(request, "created")
    return request


def cancel_payment_request(*, owner_id: UUID, request_id: UUID, at: datetime) -> PaymentRequest:
    """Take a request back; raises `PaymentRequestNotFound` and `PaymentRequestClosed`."""
    request = locks.lock_payment_request(request_id)
    if request.owner_id != owner_id:
        raise PaymentRequestNotFound
    if request.status_at(at) != PaymentRequestStatus.OPEN:
        raise PaymentRequestClosed

    request.status, request.closed_at = PaymentRequestStatus.CANCELLED, at
    request.save(update_fields=["status", "closed_at"])
    _tell(request, "cancelled")
    return request


def pay_request(order: PaymentOrder) -> PaymentRequest:
    """Pay what somebody asks for, as one entry, once.

    Raises `PaymentRequestNotFound`, `PaymentRequestClosed`, `PaymentAmountMismatch`,
    `SameWallet`, `CurrencyMismatch`, `WalletNotActive`, `LimitExceeded` and the ledger's
    `InsufficientFunds`.
    """
    request, source = locks.lock_payment_request(order.request_id), order.source
    if request.status_at(order.at) != PaymentRequestStatus.OPEN:
        raise PaymentRequestClosed
    if source.pk == request.wallet_id:
        raise SameWallet
    amount = _amount(request, order.amount)
    if not source.currency == request.wallet.currency == amount.currency.code:
        raise CurrencyMismatch

    count_use(wallet=source, operation=PAYMENT, amount=amount, at=order.at)
    try:
        posted = post(_entry(order, request, amount))
    except AccountBlocked:
        raise WalletNotActive from None
    check_ceiling(wallet=request.wallet, at=order.at)
    request.status, request.closed_at = PaymentRequestStatus.PAID, order.at
    request.entry_id, request.payer = posted.entry_id, source
    request.paid_minor = amount.amount_minor
    request.save(update_fields=["status", "closed_at", "entry", "payer", "paid_minor"])
    _tell(request, "paid", reference=order.reference)
    append_event(
        type="payment.completed",
        subject=order.reference,
        owner_id=source.owner_id,
        data={"payment_request": str(request.pk)},
    )
    return request


def _amount(request: PaymentRequest, offered: Money | None) -> Money:
    if request.amount_minor is None:
        if offered is None:
            raise PaymentAmountMismatch("Say how much: the request leaves it open.")
        return offered
    asked = Money(request.amount_minor, currency(request.wallet.currency))
    if offered is not None and offered != asked:
        raise PaymentAmountMismatch
    return asked


def _entry(order: PaymentOrder, request: PaymentRequest, amount: Money) -> Entry:
    cause = causes.current()
    return Entry(
        reference=order.reference,
        kind=PAYMENT,
        lines=(
            Line(order.source.account_id, -amount.amount_minor, PAYMENT),
            Line(request.wallet_id, amount.amount_minor, PAYMENT),
        ),
        occurred_at=order.at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
        metadata={"description": request.description, "payment_request": str(request.pk)},
    )


def _tell(request: PaymentRequest, verb: str, **data: str) -> None:
    append_event(
        type=f"payment_request.{verb}",
        subject=str(request.pk),
        owner_id=request.owner_id,
        data=data,
    )
