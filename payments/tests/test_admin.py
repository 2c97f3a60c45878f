from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import person
from payments.models import Deposit, WebhookDelivery
from payments.operations.receive_webhook import receive_webhook
from payments.providers.paystack.provider import Paystack
from payments.providers.paystack.signature import sign
from payments.tests.factories import charge_success, start
from wallets.models import Wallet

DEPOSITS = "/admin/payments/deposit/"
WEBHOOKS = "/admin/payments/webhookdelivery/"


def logged_in(role: str) -> Client:
    client = Client()
    client.force_login(person(role=role), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def root(origin: str) -> Client:
    return logged_in("superuser")


@pytest.fixture
def deposit(wallet: Wallet) -> Deposit:
    return start(wallet)


@pytest.fixture
def delivery(paystack: Paystack, deposit: Deposit) -> WebhookDelivery:
    body = charge_success(deposit.provider_reference)
    headers = {"x-paystack-signature": sign(body=body, secret_key=paystack._secret_key)}
    return receive_webhook(provider=paystack, body=body, headers=headers, now=timezone.now())


@pytest.mark.parametrize("query", ["", "?status=pending", "?mismatched=yes", "?provider=paystack"])
def test_lists_deposits_by_filter(root: Client, deposit: Deposit, query: str) -> None:
    answer = root.get(f"{DEPOSITS}{query}")

    assert answer.status_code == 200
    assert (deposit.reference in answer.text) is (query != "?mismatched=yes")


def test_finds_by_any_reference(root: Client, deposit: Deposit, wallet: Wallet) -> None:
    for term in (deposit.reference, deposit.provider_reference, wallet.number):
        assert deposit.reference in root.get(f"{DEPOSITS}?q={term}").text
    assert deposit.reference not in root.get(f"{DEPOSITS}?q=DEP_nothing").text


def test_shows_a_deposit_without_what_would_let_anybody_finish_it(
    root: Client, deposit: Deposit
) -> None:
    page = root.get(f"{DEPOSITS}{deposit.pk}/change/")

    assert page.status_code == 200
    assert deposit.provider_reference in page.text
    assert deposit.authorization_url not in page.text


def test_shows_what_a_provider_sent(root: Client, delivery: WebhookDelivery) -> None:
    assert delivery.kind in root.get(f"{WEBHOOKS}?state=received").text
    page = root.get(f"{WEBHOOKS}{delivery.pk}/change/")

    assert "charge.success" in page.text
    assert "requested_amount" in page.text


def test_nobody_changes_anything(root: Client, deposit: Deposit, delivery: WebhookDelivery) -> None:
    for address, row in ((DEPOSITS, deposit.pk), (WEBHOOKS, delivery.pk)):
        assert root.get(f"{address}add/").status_code == 403
        assert root.post(f"{address}{row}/delete/", {"post": "yes"}).status_code == 403
        assert root.post(f"{address}{row}/change/", {"status": "completed"}).status_code == 403
    deposit.refresh_from_db()
    assert deposit.status == "pending"


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_staff_may_look(origin: str, deposit: Deposit, role: str) -> None:
    staff = logged_in(role)

    assert deposit.reference in staff.get(DEPOSITS).text
    assert staff.get(WEBHOOKS).status_code == 200


def test_customers_may_not(deposit: Deposit) -> None:
    answer = logged_in("user").get(DEPOSITS)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
