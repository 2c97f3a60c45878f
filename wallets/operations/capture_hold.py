from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.chart import ChartAccount
from ledger.entries import Entry, Line, Posted
from ledger.errors import AccountBlocked, ReferenceTaken
from ledger.money import Money, currency
from ledger.operations import post_from_hold
from wallets import locks, queries, tariff
from wallets.errors import (
    CaptureTooLarge,
    CurrencyMismatch,
    HoldNotOpen,
    OutsideTransaction,
    ReceiverCannotTake,
    SameWallet,
    WalletNotActive,
)
from wallets.models import Hold, HoldCapture, HoldPurpose, HoldStatus, Wallet
from wallets.operations.count_use import count_use
from wallets.operations.receive import shard_of

PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Capture:
    """What is paid out of a hold, and to whom: a wallet, or an account of the platform.

    Without `amount` all that is left is paid, less the fee. `fee` comes on top of the amount,
    out of the same hold. `final` closes the hold, and what is left then is available again; a
    hold of which nothing is left closes by itself. `kind` names the journal entry, and the types
    its lines in both histories. `reference` is that of the entry, unique for ever.
    """

    amount: Money | None
    reference: str
    to: Wallet | ChartAccount
    at: datetime
    kind: str = PAYMENT
    fee: Money | None = None
    final: bool = True
    debit_type: str = PAYMENT
    credit_type: str = PAYMENT
    description: str = ""


def capture_hold(*, hold: Hold, capture: Capture) -> Posted:
    """Pay money out of a hold, in one entry, once for ever by its reference.

    What a customer holds is not paid from a frozen wallet, nor after its time; what a payout or
    a dispute holds is. A customer's payment counts within their limits, and what the receiver
    then holds within theirs. Must run inside a transaction that a refusal undoes. Raises
    `HoldNotOpen`, `CaptureTooLarge`, `CurrencyMismatch`, `SameWallet`, `WalletNotActive`,
    `LimitExceeded`, `ReceiverCannotTake` and `ReferenceTaken`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    locked = locks.lock_hold(hold.pk)
    if earlier := _earlier(locked, capture):
        return earlier
    amount, fee = _judge(locked, capture)
    spent = amount + fee
    closes = capture.final or spent == locked.remaining_minor

    try:
        posted = post_from_hold(
            _entry(locked, capture, amount_minor=amount, fee_minor=fee),
            account_id=locked.wallet_id,
            release_minor=locked.remaining_minor if closes else spent,
            through_block=locked.purpose != HoldPurpose.CUSTOMER,
        )
    except AccountBlocked:
        raise WalletNotActive from None
    if locked.purpose == HoldPurpose.CUSTOMER and isinstance(capture.to, Wallet):
        _count(locked, capture.to, amount_minor=amount, at=capture.at)
    HoldCapture.objects.create(
        entry_id=posted.entry_id, hold=locked, amount_minor=amount, fee_minor=fee
    )
    _note(locked, capture, posted, spent_minor=spent, closes=closes)
    return posted


def _earlier(hold: Hold, capture: Capture) -> Posted | None:
    made = HoldCapture.objects.filter(hold=hold, entry__reference=capture.reference)
    found = made.select_related("entry").first()
    if found is None:
        return None
    if capture.amount is not None and capture.amount.amount_minor != found.amount_minor:
        raise ReferenceTaken
    return Posted(found.entry_id, found.entry.recorded_at, replayed=True)


def _judge(hold: Hold, capture: Capture) -> tuple[int, int]:
    """Return amount and fee in minor units; raises why it cannot be."""
    if hold.status != HoldStatus.OPEN or hold.is_over(capture.at):
        raise HoldNotOpen
    for money in (capture.amount, capture.fee):
        if money is not None and money.currency.code != hold.wallet.currency:
            raise CurrencyMismatch
    if capture.to.currency != hold.wallet.currency:
        raise CurrencyMismatch
    if isinstance(capture.to, Wallet) and capture.to.account_id == hold.wallet_id:
        raise SameWallet
    fee = capture.fee.amount_minor if capture.fee else 0
    left = hold.remaining_minor - fee
    amount = left if capture.amount is None else capture.amount.amount_minor
    if amount > left or amount <= 0:
        raise CaptureTooLarge
    return amount, fee


def _count(hold: Hold, to: Wallet, *, amount_minor: int, at: datetime) -> None:
    """Count a customer's payment within their limits, and those of who now holds it.

    The receiver's account stays locked since the posting: what it holds is exact.
    """
    amount = Money(amount_minor, currency(hold.wallet.currency))
    count_use(wallet=hold.wallet, operation=PAYMENT, amount=amount, at=at)
    standing = queries.standing_of(to.account_id)
    ceilings = tariff.ceilings(to.currency, at=at)
    most = ceilings[standing.tier] if ceilings else None
    if most is not None and standing.total_minor > most:
        raise ReceiverCannotTake


def _entry(hold: Hold, capture: Capture, *, amount_minor: int, fee_minor: int) -> Entry:
    to = capture.to
    target = to.account_id if isinstance(to, Wallet) else shard_of(to)
    lines = [
        Line(hold.wallet_id, -amount_minor, capture.debit_type),
        Line(target, amount_minor, capture.credit_type),
    ]
    if fee_minor:
        lines += [
            Line(hold.wallet_id, -fee_minor, "fee"),
            Line(shard_of(chart.fees(hold.wallet.currency)), fee_minor, "fee"),
        ]
    cause = causes.current()
    words = {"description": capture.description} if capture.description else {}
    return Entry(
        reference=capture.reference,
        kind=capture.kind,
        lines=tuple(lines),
        occurred_at=capture.at,
        actor_id=cause.actor_id,
        request_id=cause.request_id,
        metadata={"hold": hold.reference} | words,
    )


def _note(hold: Hold, capture: Capture, posted: Posted, *, spent_minor: int, closes: bool) -> None:
    hold.captured_minor += spent_minor
    if closes:
        hold.status, hold.closed_at = HoldStatus.CAPTURED, posted.recorded_at
    hold.save(update_fields=["captured_minor", "status", "closed_at"])
    append_event(
        type="hold.captured",
        subject=hold.reference,
        owner_id=hold.wallet.owner_id,
        data={
            "wallet": hold.wallet.number,
            "entry": capture.reference,
            "amount": Money(spent_minor, currency(hold.wallet.currency)).decimal_string(),
            "final": closes,
        },
    )
    if isinstance(capture.to, Wallet):
        append_event(
            type="payment.received",
            subject=capture.reference,
            owner_id=capture.to.owner_id,
            data={"wallet": capture.to.number},
        )
