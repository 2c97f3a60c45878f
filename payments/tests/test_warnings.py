"""What an operator reads in the log when a provider does not do as it is asked."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from ledger.money import Money
from payments.errors import ProviderUnavailable, SignatureNotValid
from payments.models import WebhookDelivery
from payments.operations import receive_webhook, settle_deposit, start_deposit
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.provider import Paystack
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, charge_success, deposit_into, start
from wallets.models import Wallet


def warnings(logs: list[Any]) -> list[dict[str, Any]]:
    assert "sk_test" not in json.dumps(logs)
    assert "alice@example.com" not in json.dumps(logs)
    return [line for line in logs if line["log_level"] == "warning"]


def test_a_provider_that_refuses(origin: str, wallet: Wallet) -> None:
    key = "sk_test_wrong00000000"
    client = PaystackClient(
        base_url=f"{origin}/simulator/paystack", secret_key=key, timeouts=(3.0, 7.0)
    )
    with capture_logs() as logs, pytest.raises(ProviderUnavailable):
        start_deposit(
            wallet=wallet,
            amount=Money.of("5000.00", "NGN"),
            payer_email="alice@example.com",
            provider=Paystack(client=client, secret_key=key),
            request_key=uuid4(),
            now=NOON,
        )

    (line,) = warnings(logs)
    assert line["event"] == "provider_refused"
    assert (line["provider"], line["question"]) == ("paystack", "create_checkout")
    assert line["reference"] == deposit_into(wallet).provider_reference
    assert line["reason"] == deposit_into(wallet).reason


def test_a_provider_that_cannot_be_reached(origin: str, wallet: Wallet, settings: Any) -> None:
    settings.PAYSTACK_BASE_URL = "http://127.0.0.1:9"
    with capture_logs() as logs, pytest.raises(ProviderUnavailable):
        start(wallet)

    (line,) = warnings(logs)
    assert (line["event"], line["reason"]) == ("provider_outcome_unknown", "ConnectionError")


def test_an_outcome_that_nobody_knows(simulator: Simulator, wallet: Wallet) -> None:
    deposit = start(wallet)
    simulator.set_faults(error=1)
    with capture_logs() as logs:
        settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=deposit.provider_reference,
            provider=provider("paystack"),
            now=NOON,
        )

    (line,) = warnings(logs)
    assert (line["event"], line["reason"]) == ("provider_outcome_unknown", "http_502")
    assert (line["question"], line["reference"]) == ("verify_payment", deposit.provider_reference)


def test_a_webhook_that_is_forged(origin: str) -> None:
    before = WebhookDelivery.objects.count()
    body = charge_success("nothing-of-ours")
    with capture_logs() as logs, pytest.raises(SignatureNotValid):
        receive_webhook(
            provider=provider("paystack"),
            body=body,
            headers={"x-paystack-signature": "0" * 128},
            now=NOON,
        )

    (line,) = warnings(logs)
    assert line["event"] == "webhook_forged"
    assert (line["provider"], line["bytes"]) == ("paystack", len(body))
    assert "nothing-of-ours" not in json.dumps(line)
    assert WebhookDelivery.objects.count() == before


def test_what_goes_well_is_not_warned_of(simulator: Simulator, wallet: Wallet) -> None:
    with capture_logs() as logs:
        deposit = start(wallet)
        simulator.pay(deposit.authorization_url)
        settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=deposit.provider_reference,
            provider=provider("paystack"),
            now=NOON,
        )

    assert warnings(logs) == []
