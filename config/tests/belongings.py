"""What somebody has, of whom every route is asked."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import User
from ledger import references
from ledger.money import Money, currency
from payments.bulk import BulkRow
from payments.models import Deposit, Payout, PayoutBatch
from payments.operations import start_payout_batch
from payments.tests.payouts import ask_for, beneficiary_without_code
from wallets.facts import WalletFacts
from wallets.models import Dispute, FxQuote, Hold, ScheduledTransfer, Wallet
from wallets.operations import (
    DisputeOrder,
    HoldOrder,
    QuoteOrder,
    ScheduleOrder,
    file_dispute,
    place_hold,
    quote_exchange,
    schedule_transfer,
)
from wallets.recurrence import Recurrence
from wallets.tests.rates import rates


def schedule(source: Wallet, destination: Wallet) -> ScheduledTransfer:
    now = timezone.now()
    order = ScheduleOrder(
        _facts(source), _facts(destination), Money.of("1.00", source.currency), Recurrence(now)
    )
    return schedule_transfer(order=order, schedule_id=uuid4(), now=now)


def _facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


def quote(user: User) -> FxQuote:
    rates()
    order = QuoteOrder(user.id, currency("USD"), currency("NGN"), Money.of("1.00", "USD"))
    return quote_exchange(order=order, quote_id=uuid4(), now=timezone.now())


def transfer(headers: dict[str, str], source: Wallet, destination: Wallet) -> str:
    body = {"source": source.number, "destination": destination.number, "amount": "1.00"}
    answer = Client().post(
        "/api/v1/transfers", body, content_type="application/json", headers=headers
    )
    return str(answer.json()["reference"])


def hold(wallet: Wallet) -> Hold:
    now = timezone.now()
    return place_hold(
        order=HoldOrder(
            wallet=wallet,
            amount=Money.of("1.00", wallet.currency),
            reference=references.spell("HLD", at=now, entropy=1),
            at=now,
        )
    )


def dispute(user: User, transfer: str) -> Dispute:
    now = timezone.now()
    return file_dispute(
        order=DisputeOrder(
            sender_id=user.id,
            transfer=transfer,
            reason="other",
            text="matrix",
            reference=references.spell("DSP", at=now, entropy=1),
            at=now,
        )
    )


def payout(wallet: Wallet) -> Payout:
    return ask_for(wallet, beneficiary_without_code(wallet.owner_id), "1.00", now=timezone.now())


def payout_batch(wallet: Wallet) -> PayoutBatch:
    now, amount = timezone.now(), Money.of("1.00", wallet.currency)
    return start_payout_batch(
        wallet=wallet, rows=[BulkRow(1, None, amount, code="malformed")], role="user", now=now
    )


def deposit(user: User, wallet: Wallet) -> Deposit:
    now = timezone.now()
    reference = references.spell("DEP", at=now, entropy=1)
    return Deposit.objects.create(
        reference=reference,
        wallet=wallet,
        owner_id=user.id,
        amount_minor=500,
        currency="NGN",
        provider="paystack",
        provider_reference=reference.replace("_", "-"),
        request_key=uuid4(),
        created_at=now,
        expires_at=now,
    )


def deposit_of(user: User) -> Deposit:
    return Deposit.objects.get(owner_id=user.id)
