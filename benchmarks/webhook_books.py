"""What the measurement of webhooks does to the running installation, and reads from it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.operations import add_person
from ledger.money import currency
from payments.models import Deposit
from payments.references import deposit_reference
from payments.simulators.models import SimulatedPayment
from wallets import operations as wallets
from wallets.models import Wallet

DEPOSIT_MINOR = 100
_BATCH = 500


def secret() -> str:
    """The key that the simulated provider signs with."""
    return str(settings.PAYSTACK_SECRET_KEY)


def open_wallet() -> Wallet:
    """A wallet of somebody who pays in a lot."""
    owner = add_person(
        email=f"payer-{uuid4().hex[:12]}@example.com",
        password=uuid4().hex,
        role="user",
        name="Payer",
        kyc_tier=2,
    )
    with transaction.atomic():
        return wallets.open_wallet(owner_id=owner.id, currency=currency("NGN"))


def start_paid_deposits(wallet: Wallet, many: int) -> list[str]:
    """Start deposits, and let each be paid at the provider; return the provider's references.

    Written in bulk: what is measured begins with the provider's events. Nobody asks about them
    by itself before the measurement is over.
    """
    now = timezone.now()
    deposits = []
    for _ in range(many):
        key = uuid4()
        reference = deposit_reference(at=now, seed=key)
        deposits.append(
            Deposit(
                reference=reference,
                wallet=wallet,
                owner_id=wallet.owner_id,
                amount_minor=DEPOSIT_MINOR,
                currency="NGN",
                provider="paystack",
                provider_reference=reference.replace("_", "-"),
                request_key=key,
                authorization_url="http://127.0.0.1/paid",
                created_at=now,
                expires_at=now + timedelta(hours=1),
                next_ask_at=now + timedelta(hours=1),
            )
        )
    paid = [
        SimulatedPayment(
            provider="paystack",
            reference=deposit.provider_reference,
            access_code=uuid4().hex[:20],
            email="payer@example.com",
            requested_minor=DEPOSIT_MINOR,
            paid_minor=DEPOSIT_MINOR,
            fees_minor=0,
            currency="NGN",
            status=SimulatedPayment.Status.SUCCESS,
            created_at=now,
            paid_at=now,
        )
        for deposit in deposits
    ]
    Deposit.objects.bulk_create(deposits, batch_size=_BATCH)
    SimulatedPayment.objects.bulk_create(paid, batch_size=_BATCH)
    return [deposit.provider_reference for deposit in deposits]


def uncredited(wallet: Wallet) -> int:
    """How many deposits of the wallet are not completed."""
    return Deposit.objects.filter(wallet=wallet).exclude(status="completed").count()


def credited_minor(wallet: Wallet) -> int:
    """What the wallet holds, by its postings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM ledger_posting"
            " WHERE account_id = %s",
            [wallet.account_id],
        )
        held: int = cursor.fetchone()[0]
    return held
