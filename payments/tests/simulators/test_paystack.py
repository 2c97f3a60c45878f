"""The simulator against what Paystack documents of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as live_settings

from payments.providers.paystack.signature import sign
from payments.simulators.models import SimulatedPayment, SimulatedWebhook
from payments.simulators.paystack import dialect
from payments.tests.conftest import Simulator

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "paystack" / "transaction-successful.json"
ASKED = {
    "email": "alice@example.com",
    "amount": 500000,
    "currency": "NGN",
    "reference": "DEP-1",
    "callback_url": "https://shop.example/return?x=1",
}


def call(
    simulator: Simulator, method: str, path: str, *, key: str | None = None, **more: Any
) -> requests.Response:
    key = live_settings.PAYSTACK_SECRET_KEY if key is None else key
    return requests.request(
        method,
        f"{simulator.origin}/simulator/paystack{path}",
        headers={"Authorization": f"Bearer {key}"},
        timeout=5,
        **more,
    )


def initialize(simulator: Simulator, **changes: object) -> requests.Response:
    return call(simulator, "POST", "/transaction/initialize", json=ASKED | changes)


def test_opens_a_checkout(simulator: Simulator) -> None:
    answer = initialize(simulator)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["message"]) == (True, "Authorization URL created")
    assert set(body["data"]) == {"authorization_url", "access_code", "reference"}
    assert body["data"]["reference"] == "DEP-1"
    assert body["data"]["authorization_url"].endswith(body["data"]["access_code"])


def test_takes_forms_and_makes_a_reference_when_none_is_given(simulator: Simulator) -> None:
    form = {"email": "alice@example.com", "amount": "100"}

    answer = call(simulator, "POST", "/transaction/initialize", data=form)

    assert answer.json()["data"]["reference"] == answer.json()["data"]["access_code"]


@pytest.mark.parametrize(
    ("changes", "message", "code"),
    [
        ({"email": None}, "Email Address is required", "missing_params"),
        ({"email": "nobody"}, "Invalid Email Address Passed", "invalid_email_address"),
        ({"amount": 0}, "Invalid Amount Sent", "invalid_amount"),
        ({"amount": "1.5"}, "Invalid Amount Sent", "invalid_amount"),
        ({"amount": True}, "Invalid Amount Sent", "invalid_amount"),
        ({"currency": "EUR"}, "Currency not supported by merchant", "unsupported_currency"),
        (
            {"reference": "DEP_1"},
            "Invalid transaction reference",
            "invalid_transaction_reference",
        ),
        ({"callback_url": "javascript:alert(1)"}, "Callback URL must be a valid URL", None),
    ],
)
def test_refuses_in_the_documented_envelope(
    simulator: Simulator, changes: dict[str, object], message: str, code: str | None
) -> None:
    answer = initialize(simulator, **changes)

    assert answer.status_code == 400
    body = answer.json()
    assert (body["status"], body["message"], body["type"]) == (False, message, "validation_error")
    assert code in (None, body["code"])
    assert "nextStep" in body["meta"]
    assert not SimulatedPayment.objects.exists()


def test_refuses_a_reference_twice(simulator: Simulator) -> None:
    initialize(simulator)

    answer = initialize(simulator, amount=1)

    assert (answer.status_code, answer.json()["code"]) == (400, "duplicate_reference")
    assert SimulatedPayment.objects.get().requested_minor == 500000


@pytest.mark.parametrize(
    "path", ["/transaction/verify/DEP-1", "/transaction", "/balance", "/transaction/initialize"]
)
def test_wants_the_key(simulator: Simulator, path: str) -> None:
    method = "POST" if path.endswith("initialize") else "GET"

    answer = call(simulator, method, path, key="sk_test_other")

    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid key")


def test_an_unknown_reference_is_a_400_with_a_code(simulator: Simulator) -> None:
    answer = call(simulator, "GET", "/transaction/verify/never-heard-of")

    assert (answer.status_code, answer.json()["code"]) == (400, "transaction_not_found")


def test_an_untouched_checkout_is_abandoned_and_not_paid(simulator: Simulator) -> None:
    initialize(simulator)

    data = call(simulator, "GET", "/transaction/verify/DEP-1").json()["data"]

    assert (data["status"], data["paid_at"], data["metadata"]) == ("abandoned", None, "")
    assert data["amount"] == data["requested_amount"] == 500000


def test_the_page_offers_three_ways_out_and_leads_back(simulator: Simulator) -> None:
    url = initialize(simulator).json()["data"]["authorization_url"]

    page = requests.get(url, timeout=5)
    assert page.status_code == 200
    assert "NGN 5,000.00" in page.text
    for outcome in ("success", "failed", "abandoned"):
        assert f'name="outcome" value="{outcome}"' in page.text

    after = simulator.pay(url)
    back = "https://shop.example/return?x=1&amp;trxref=DEP-1&amp;reference=DEP-1"
    assert f'href="{back}"' in after.text


def test_a_payment_enters_the_books_once_and_queues_one_webhook(simulator: Simulator) -> None:
    url = initialize(simulator).json()["data"]["authorization_url"]

    for outcome in ("failed", "success", "success", "failed"):
        simulator.pay(url, outcome)

    data = call(simulator, "GET", "/transaction/verify/DEP-1").json()["data"]
    assert (data["status"], data["amount"], data["fees"]) == ("success", 500000, 17500)
    balance = call(simulator, "GET", "/balance").json()["data"]
    assert balance == [{"currency": "NGN", "balance": 482500}]
    webhook = SimulatedWebhook.objects.get()
    key = live_settings.PAYSTACK_SECRET_KEY
    sent = dialect.headers(webhook.body, flaw="", now=webhook.created_at)
    assert sent["X-Paystack-Signature"] == sign(body=webhook.body.encode(), secret_key=key)


def test_the_webhook_has_the_shape_of_the_published_example(simulator: Simulator) -> None:
    url = initialize(simulator).json()["data"]["authorization_url"]
    simulator.pay(url)

    ours = json.loads(SimulatedWebhook.objects.get().body)

    published = json.loads(EXAMPLE.read_text())
    assert ours["event"] == published["event"]
    assert set(published["data"]) <= set(ours["data"])
    assert (ours["data"]["metadata"], ours["data"]["fees"]) == (0, None)


@pytest.mark.parametrize("outcome", ["", "paid", "SUCCESS"])
def test_the_page_takes_no_other_outcome(simulator: Simulator, outcome: str) -> None:
    url = initialize(simulator).json()["data"]["authorization_url"]

    assert simulator.pay(url, outcome).status_code == 400
    assert SimulatedPayment.objects.get().status == "abandoned"


def test_there_is_no_checkout_that_nobody_opened(simulator: Simulator) -> None:
    for code in ("0" * 15, "%00", "%C3%A9"):
        url = f"{simulator.origin}/simulator/paystack/checkout/{code}"
        assert simulator.pay(url).status_code in {400, 404}


def test_lists_payments_newest_first_by_page(simulator: Simulator) -> None:
    for number in range(3):
        initialize(simulator, reference=f"DEP-{number}")

    body = call(simulator, "GET", "/transaction?perPage=2&page=1").json()

    assert [row["reference"] for row in body["data"]] == ["DEP-2", "DEP-1"]
    assert body["meta"] == {"total": 3, "skipped": 0, "perPage": 2, "page": 1, "pageCount": 2}
    assert call(simulator, "GET", "/transaction?status=success").json()["data"] == []
