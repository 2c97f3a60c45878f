"""Wallets to pay into, deposits, and what a provider would send."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID, uuid4

import requests
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from events.models import Event
from ledger.money import Money, currency
from payments import operations
from payments.models import Deposit
from payments.providers.paystack.signature import sign
from payments.providers.registry import provider
from payments.queries import attempts
from payments.simulators.models import SimulatedPayment
from wallets.models import Wallet
from wallets.operations import open_wallet

T = TypeVar("T")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def wallet_of(owner: User, code: str = "NGN") -> Wallet:
    with transaction.atomic():
        return open_wallet(owner_id=owner.pk, currency=currency(code))


def deposit_into(wallet: Wallet) -> Deposit:
    """The only deposit of a wallet."""
    return Deposit.objects.get(wallet=wallet)


def asked_of_provider(wallet: Wallet) -> QuerySet[SimulatedPayment]:
    """What the provider was asked for on behalf of a wallet."""
    deposits = Deposit.objects.filter(wallet=wallet)
    spelled = [name for deposit in deposits for name in attempts(deposit)]
    return SimulatedPayment.objects.filter(reference__in=spelled)


def start(
    wallet: Wallet,
    amount: str = "5000.00",
    *,
    request_key: UUID | None = None,
    now: datetime = NOON,
    through: str = "paystack",
) -> Deposit:
    return operations.start_deposit(
        wallet=wallet,
        amount=Money.of(amount, wallet.currency),
        payer_email="alice@example.com",
        provider=provider(through),
        request_key=request_key or uuid4(),
        now=now,
    )


def charge_success(provider_reference: str, *, number: int = 0, **changes: Any) -> bytes:
    """A `charge.success` as Paystack sends it, with `changes` to its data.

    Its id follows from the reference and `number`: two numbers are two events.
    """
    event = f"{provider_reference}:{number}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(event).hexdigest()
    data = {
        "id": int(digest[:12], 16),
        "domain": "test",
        "status": "success",
        "reference": provider_reference,
        "amount": 500000,
        "requested_amount": 500000,
        "currency": "NGN",
        "metadata": 0,
        "fees": None,
    }
    return json.dumps({"event": "charge.success", "data": data | changes}).encode()


def deliver(origin: str, body: bytes, *, signature: str | None = None) -> requests.Response:
    """Send a webhook over the network, signed with the provider's key unless told otherwise."""
    if signature is None:
        signature = sign(body=body, secret_key=settings.PAYSTACK_SECRET_KEY)
    return requests.post(
        f"{origin}/api/v1/webhooks/paystack",
        data=body,
        headers={"Content-Type": "application/json", "X-Paystack-Signature": signature},
        timeout=30,
    )


def balance_of(wallet: Wallet) -> Money:
    """What the wallet's ledger account says."""
    account = Wallet.objects.select_related("account").get(pk=wallet.pk).account
    return Money(account.balance_minor, currency(wallet.currency))


def journal_of(deposit: Deposit) -> dict[str, int]:
    """Return what the entries of a deposit did to each account, in minor units."""
    sql = """
        SELECT a.code, sum(p.amount_minor)::bigint
        FROM ledger_posting p
        JOIN ledger_journalentry e ON e.id = p.entry_id
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE e.reference IN (%s, %s) GROUP BY a.code
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [deposit.reference, f"{deposit.reference}:fee"])
        return dict(cursor.fetchall())


def told_of(deposit: Deposit) -> list[str]:
    """Return the types of the events about a deposit, in their order."""
    return told_of_reference(deposit.reference)


def told_of_reference(reference: str) -> list[str]:
    """Return the types of the events about what has a reference, in their order."""
    events = Event.objects.filter(subject=reference).order_by("id")
    return list(events.values_list("type", flat=True))


def at_once(times: int, work: Callable[[int], T]) -> list[T | BaseException]:
    """Do `work(0)`, `work(1)`, ... in as many threads, each with a database connection."""
    ready = Barrier(times)

    def one(number: int) -> T:
        ready.wait(timeout=30)
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        futures = [threads.submit(one, number) for number in range(times)]
        return [future.exception() or future.result() for future in futures]
