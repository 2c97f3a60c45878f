"""What the database itself refuses, whoever asks and however."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from payments.models import Deposit, WebhookDelivery
from payments.operations import sweep_deposits
from payments.operations.receive_webhook import receive_webhook
from payments.providers.paystack.provider import Paystack
from payments.providers.paystack.signature import sign
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, charge_success, start
from wallets.models import Wallet


def refused(sql: str, *values: str | int) -> str:
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = amount_minor + 1",
        "currency = 'USD'",
        "owner_id = gen_random_uuid()",
        "reference = 'DEP_00000000000000000000'",
        "provider = 'mock'",
        "request_key = gen_random_uuid()",
        "created_at = now()",
    ],
)
def test_the_terms_of_a_deposit_are_final(wallet: Wallet, change: str) -> None:
    deposit = start(wallet)

    said = refused(f"UPDATE payments_deposit SET {change} WHERE id = %s", deposit.pk)

    assert "final" in said


def test_a_completed_deposit_stays_completed(wallet: Wallet, simulator: Simulator) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    sweep_deposits(now=NOON + timedelta(minutes=2))
    assert Deposit.objects.get(pk=deposit.pk).status == "completed"

    said = refused(
        "UPDATE payments_deposit SET status = 'pending', completed_at = NULL WHERE id = %s",
        deposit.pk,
    )

    assert "final" in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("status = 'paid'", "deposit_status_is_known"),
        ("status = 'completed'", "deposit_says_when_it_completed"),
        ("completed_at = now()", "deposit_says_when_it_completed"),
        (
            "status = 'completed', completed_at = now(), mismatch = 'short'",
            "deposit_is_not_completed_with_a_mismatch",
        ),
        ("status = NULL", "status"),
    ],
)
def test_a_deposit_is_never_half_in_a_state(wallet: Wallet, change: str, sentence: str) -> None:
    deposit = start(wallet)

    said = refused(f"UPDATE payments_deposit SET {change} WHERE id = %s", deposit.pk)

    assert sentence in said


def test_two_deposits_never_share_a_request_or_a_reference(wallet: Wallet) -> None:
    one, other = start(wallet), start(wallet)

    said = refused(
        "UPDATE payments_deposit SET provider_reference = %s WHERE id = %s",
        one.provider_reference,
        other.pk,
    )

    assert "provider_reference" in said


@pytest.fixture
def delivery(paystack: Paystack, wallet: Wallet) -> WebhookDelivery:
    body = charge_success(start(wallet).provider_reference)
    headers = {"x-paystack-signature": sign(body=body, secret_key=paystack._secret_key)}
    return receive_webhook(provider=paystack, body=body, headers=headers, now=NOON)


@pytest.mark.parametrize(
    "change",
    [
        "body = 'x'",
        "headers = '{}'",
        "dedupe_key = 'x'",
        "kind = 'x'",
        "provider = 'x'",
        "payment_reference = 'x'",
        "received_at = now()",
    ],
)
def test_what_arrived_never_changes(delivery: WebhookDelivery, change: str) -> None:
    said = refused(
        f"UPDATE payments_webhookdelivery SET {change} WHERE id = %s",
        delivery.pk,
    )

    assert "kept as it arrived" in said


def test_what_arrived_is_never_deleted(delivery: WebhookDelivery) -> None:
    refused("DELETE FROM payments_webhookdelivery WHERE id = %s", delivery.pk)
    refused("TRUNCATE payments_webhookdelivery")

    assert WebhookDelivery.objects.filter(pk=delivery.pk).exists()


def test_an_open_webhook_always_has_a_next_try(delivery: WebhookDelivery) -> None:
    said = refused(
        "UPDATE payments_webhookdelivery SET next_try_at = NULL WHERE id = %s", delivery.pk
    )

    assert "open_webhook_has_a_next_try" in said


def test_a_wallet_with_deposits_is_not_deleted(wallet: Wallet) -> None:
    start(wallet)

    with pytest.raises(ProtectedError):
        wallet.delete()
