"""Wallets to pay out of, payouts, and the simulated provider's clockwork."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from secrets import randbits
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import vault
from accounts.models import Purpose
from ledger import chart
from ledger.money import Money
from ledger.operations import open_account
from payments import operations, queries
from payments.models import Beneficiary, Payout, WebhookDelivery
from payments.operations import PayoutWish
from payments.operations.receive_webhook import receive_webhook
from payments.providers.base import BankAccount
from payments.providers.paystack.signature import sign
from payments.providers.registry import provider
from payments.simulators.models import BalanceMovement, SimulatedPayout
from payments.simulators.operations import run_clock
from payments.tests.factories import NOON
from wallets.models import Wallet
from wallets.operations import Incoming, receive
from wallets.queries import current_balance

GOOD, FAILING, REVERSING, STUCK = "0123456789", "0123450001", "0123450002", "0123450003"
LATER = timedelta(minutes=5)


def fund(wallet: Wallet, amount: str = "10000.00") -> None:
    """Put money into a wallet that was there before the books."""
    source = chart.opening(wallet.currency)
    open_account(source)
    with transaction.atomic():
        receive(
            wallet=wallet,
            incoming=Incoming(
                amount=Money.of(amount, wallet.currency),
                source=source,
                reference=f"OPN_{uuid4().hex}",
                kind="adjustment",
                occurred_at=NOON,
            ),
        )


def beneficiary_of(owner_id: UUID, number: str = GOOD) -> Beneficiary:
    """Add a bank account as the API does; its last digits say how the simulator pays it."""
    return operations.add_beneficiary(
        owner_id=owner_id,
        account=BankAccount(number=number, bank_code="058", currency="NGN"),
        provider=provider("paystack"),
        beneficiary_id=uuid4(),
        now=NOON,
    )


def beneficiary_without_code(owner_id: UUID) -> Beneficiary:
    """A beneficiary that was added while the provider did not answer."""
    new = Beneficiary(
        owner_id=owner_id, provider="paystack", currency="NGN", bank_code="058", created_at=NOON
    )
    for column, plain, place in (
        ("number_sealed", GOOD, queries.number_place(new.pk)),
        ("name_sealed", "Test Holder", queries.name_place(new.pk)),
    ):
        sealed = vault.seal_for(
            person_id=owner_id, purpose=Purpose.PROFILE, plain=plain.encode(), place=place
        )
        setattr(new, column, sealed)
    new.save(force_insert=True)
    return new


def ask_for(
    wallet: Wallet, beneficiary: Beneficiary, amount: str = "1000.00", *, now: datetime = NOON
) -> Payout:
    with transaction.atomic():
        return operations.start_payout(
            wish=PayoutWish(
                wallet=wallet,
                beneficiary=beneficiary,
                amount=Money.of(amount, wallet.currency),
                role="user",
                entropy=randbits(64),
            ),
            provider=provider("paystack"),
            now=now,
        )


def send(payout: Payout, now: datetime = NOON) -> Payout:
    operations.send_payout(payout_id=payout.pk, provider=provider("paystack"), now=now)
    payout.refresh_from_db()
    return payout


def settle(payout: Payout, now: datetime = NOON + LATER) -> Payout:
    operations.settle_payout(payout_id=payout.pk, provider=provider("paystack"), now=now)
    payout.refresh_from_db()
    return payout


def let_happen(steps: int = 1) -> None:
    """Let the provider's next steps happen, each as if its time had come."""
    for _ in range(steps):
        SimulatedPayout.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        run_clock(now=timezone.now() + timedelta(seconds=1), dice=lambda: 0.5)


def sent_to_provider(payout: Payout) -> SimulatedPayout | None:
    """What the provider has of a payout, under whatever reference of ours."""
    return SimulatedPayout.objects.filter(reference=payout.provider_reference).first()


def money_of_wallet(wallet: Wallet) -> tuple[str, str]:
    """Return what is available and what is held."""
    found = current_balance(Wallet.objects.get(pk=wallet.pk))
    return (
        Money(found.available_minor, Money.of("1", wallet.currency).currency).decimal_string(),
        Money(found.held_minor, Money.of("1", wallet.currency).currency).decimal_string(),
    )


def entries_of(payout: Payout) -> dict[str, dict[str, int]]:
    """Return what each entry named for a payout did to each account, in minor units."""
    sql = """
        SELECT e.reference, a.code, sum(p.amount_minor)::bigint
        FROM ledger_posting p
        JOIN ledger_journalentry e ON e.id = p.entry_id
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE split_part(e.reference, ':', 1) = %s GROUP BY e.reference, a.code
    """
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [payout.reference])
        for reference, code, minor in cursor.fetchall():
            found.setdefault(reference.removeprefix(payout.reference), {})[code] = minor
    return found


def provider_paid_minor(payouts: list[Payout]) -> int:
    """Return what these payouts cost the provider's book, with fees, less what came back."""
    references = [payout.provider_reference for payout in payouts]
    moved = BalanceMovement.objects.filter(reference__in=references)
    return -sum(moved.values_list("difference_minor", flat=True))


def our_cost_minor(payouts: list[Payout]) -> int:
    """Return what these payouts took from our account with the provider."""
    sql = """
        SELECT coalesce(sum(p.amount_minor), 0)::bigint
        FROM ledger_posting p
        JOIN ledger_journalentry e ON e.id = p.entry_id
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE split_part(e.reference, ':', 1) = ANY(%s) AND a.code LIKE 'clearing:%%'
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [[payout.reference for payout in payouts]])
        cost: int = cursor.fetchone()[0]
    return cost


def transfer_event(kind: str, payout: Payout, *, number: int = 0) -> bytes:
    """A `transfer.*` as Paystack sends it; two numbers are two events."""
    data = {
        "id": payout.pk * 100 + number,
        "reference": payout.provider_reference,
        "amount": payout.amount_minor,
        "currency": payout.currency,
        "status": kind.partition(".")[2],
        "transfer_code": f"TRF_{payout.pk}",
        "recipient": {"recipient_code": "RCP_x"},
    }
    return json.dumps({"event": kind, "data": data}).encode()


def take_in(body: bytes, now: datetime = NOON + LATER) -> WebhookDelivery:
    """Receive a webhook, signed as the provider does, and apply it."""
    asked = provider("paystack")
    headers = {"x-paystack-signature": sign(body=body, secret_key=settings.PAYSTACK_SECRET_KEY)}
    delivery = receive_webhook(provider=asked, body=body, headers=headers, now=now)
    operations.apply_webhook(delivery_id=delivery.pk, provider=asked, now=now)
    delivery.refresh_from_db()
    return delivery
