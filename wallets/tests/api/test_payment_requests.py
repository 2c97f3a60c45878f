"""Asking to be paid, paying, taking it back, and the page and pictures that show it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from events.models import Event
from ledger.models import JournalEntry
from ledger.operations import block_account
from wallets.models import PaymentRequest
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/payment-requests"
NOWHERE = f"{URL}/00000000-0000-4000-8000-000000000000"


class Shop:
    """Bob asks to be paid; Alice has 100.00."""

    def __init__(self) -> None:
        self.bob, self.alice = person(), person()
        self.bob.name = "Bob Okafor"
        self.bob.save(update_fields=["name"])
        self.till = wallet_of(self.bob)
        self.purse = wallet_of(self.alice, holding="100.00")
        self.seller, self.buyer = client_of(self.bob), client_of(self.alice)

    def ask(self, **changes: Any) -> Any:
        body = {"wallet": self.till.number, "amount": "25.50", "description": "Two shirts"}
        body = {k: v for k, v in (body | changes).items() if v is not None}
        return self.seller.post(URL, body, format="json")

    def request(self, **changes: Any) -> str:
        response = self.ask(**changes)
        assert response.status_code == 201, response.content
        return str(response.json()["id"])

    def pay(self, request: str, *, key: str = "", **changes: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        body = {"source": self.purse.number} | changes
        return self.buyer.post(f"{URL}/{request}/pay", body, format="json", headers=headers)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def refused(response: Any, status: int, code: str, shop: Shop) -> None:
    assert response.status_code == status, response.content
    assert response.json()["code"] == code
    assert (holds(shop.purse), holds(shop.till)) == ("100.00", "0.00")
    assert not PaymentRequest.objects.filter(status="paid").exists()


def test_request_is_made_with_a_link(shop: Shop) -> None:
    answer = shop.ask().json()

    assert answer.pop("created_at") < answer.pop("expires_at")
    assert answer["link"].endswith(f"/pay/{answer.pop('id')}")
    del answer["link"]
    assert answer == {
        "status": "open",
        "requester": "B*** O***",
        "amount": "25.50",
        "currency": "NGN",
        "description": "Two shirts",
        "wallet": shop.till.number,
        "payment": None,
    }


def test_whoever_is_given_the_id_reads_what_they_need_and_no_more(shop: Shop) -> None:
    request = shop.request()

    answer = client_of(person()).get(f"{URL}/{request}").json()

    assert (answer["requester"], answer["amount"]) == ("B*** O***", "25.50")
    assert (answer["wallet"], answer["payment"]) == (None, None)
    assert "Okafor" not in str(answer)
    assert APIClient().get(f"{URL}/{request}").status_code == 401
    assert shop.buyer.get(NOWHERE).status_code == 404
    assert shop.buyer.get(URL).json()["results"] == []


def test_payment_is_one_entry_that_both_see(shop: Shop) -> None:
    request = shop.request()

    response = shop.pay(request)

    assert response.status_code == 201, response.content
    answer = response.json()
    reference = answer.pop("reference")
    assert reference.startswith("PMT_")
    assert answer.pop("created_at").endswith("Z")
    assert answer == {
        "status": "completed",
        "payment_request": request,
        "requester": "B*** O***",
        "source": shop.purse.number,
        "amount": "25.50",
        "currency": "NGN",
        "description": "Two shirts",
    }
    assert (holds(shop.purse), holds(shop.till)) == ("74.50", "25.50")
    for client, wallet, amount in (
        (shop.buyer, shop.purse, "-25.50"),
        (shop.seller, shop.till, "25.50"),
    ):
        line = client.get(f"/api/v1/wallets/{wallet.number}/transactions").json()["results"][0]
        assert (line["type"], line["amount"]) == ("payment", amount)
        assert (line["reference"], line["description"]) == (reference, "Two shirts")
    told = {event.type: event.owner_id for event in Event.objects.filter(type__startswith="pay")}
    assert told == {
        "payment_request.created": shop.bob.id,
        "payment_request.paid": shop.bob.id,
        "payment.completed": shop.alice.id,
    }


def test_the_requester_sees_that_it_was_paid(shop: Shop) -> None:
    request = shop.request()
    reference = shop.pay(request).json()["reference"]

    mine = shop.seller.get(f"{URL}/{request}").json()
    listed = shop.seller.get(URL).json()["results"]

    assert mine["status"] == "paid"
    assert (mine["payment"]["reference"], mine["payment"]["amount"]) == (reference, "25.50")
    assert listed == [mine]


def test_it_is_paid_once(shop: Shop) -> None:
    request = shop.request()
    assert shop.pay(request).status_code == 201

    again = shop.pay(request)

    assert (again.status_code, again.json()["code"]) == (422, "payment_request_closed")
    assert holds(shop.purse) == "74.50"
    assert JournalEntry.objects.filter(kind="payment").count() == 1


def test_same_key_pays_once_with_the_same_bytes(shop: Shop) -> None:
    request = shop.request()

    first, again = (shop.pay(request, key="k1") for _ in range(2))

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert holds(shop.purse) == "74.50"


def test_whoever_pays_says_how_much_where_it_is_open(shop: Shop) -> None:
    request = shop.request(amount=None)
    refused(shop.pay(request), 422, "amount_mismatch", shop)

    assert shop.pay(request, amount="3.00").json()["amount"] == "3.00"
    assert shop.seller.get(f"{URL}/{request}").json()["payment"]["amount"] == "3.00"


def test_another_amount_than_asked_is_refused(shop: Shop) -> None:
    request = shop.request()

    refused(shop.pay(request, amount="25.49"), 422, "amount_mismatch", shop)
    refused(shop.pay(request, amount="0"), 400, "validation_error", shop)
    refused(shop.pay(request, amount="25.501"), 400, "validation_error", shop)
    assert shop.pay(request, amount="25.50").status_code == 201


def test_cancelled_request_is_not_paid(shop: Shop) -> None:
    request = shop.request()
    assert shop.buyer.post(f"{URL}/{request}/cancel").status_code == 404

    assert shop.seller.post(f"{URL}/{request}/cancel").json()["status"] == "cancelled"

    refused(shop.pay(request), 422, "payment_request_closed", shop)
    again = shop.seller.post(f"{URL}/{request}/cancel")
    assert (again.status_code, again.json()["code"]) == (422, "payment_request_closed")


def test_paid_request_is_not_cancelled(shop: Shop) -> None:
    request = shop.request()
    shop.pay(request)

    assert shop.seller.post(f"{URL}/{request}/cancel").status_code == 422
    assert shop.seller.get(f"{URL}/{request}").json()["status"] == "paid"


def test_request_expires(shop: Shop) -> None:
    past = PaymentRequest.objects.create(
        id="00000000-0000-4000-8000-00000000000a",
        owner=shop.bob,
        wallet=shop.till,
        amount_minor=100,
        expires_at=timezone.now() - timedelta(seconds=1),
    )

    refused(shop.pay(str(past.pk)), 422, "payment_request_closed", shop)
    assert shop.buyer.get(f"{URL}/{past.pk}").json()["status"] == "expired"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"description": "x" * 256}, "description"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"wallet": "1"}, "wallet"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_request_is_refused(shop: Shop, changes: dict[str, Any], field: str) -> None:
    response = shop.ask(**changes)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert not PaymentRequest.objects.exists()


def test_only_ones_own_wallet_is_paid_into_or_out_of(shop: Shop) -> None:
    assert shop.ask(wallet=shop.purse.number).status_code == 404
    request = shop.request()
    refused(shop.pay(request, source=shop.till.number), 404, "not_found", shop)
    response = shop.seller.post(f"{URL}/{request}/pay", {"source": shop.till.number}, format="json")
    refused(response, 422, "same_wallet", shop)


def test_currencies_must_agree(shop: Shop) -> None:
    dollars = wallet_of(shop.alice, holding="100", code="USD")

    refused(shop.ask(currency="USD"), 422, "currency_mismatch", shop)
    refused(shop.pay(shop.request(), source=dollars.number), 422, "currency_mismatch", shop)


def test_more_than_is_there_is_refused_and_it_stays_open(shop: Shop) -> None:
    request = shop.request(amount="100.01")

    refused(shop.pay(request), 422, "insufficient_funds", shop)
    assert shop.seller.get(f"{URL}/{request}").json()["status"] == "open"


@pytest.mark.parametrize("side", ["purse", "till"])
def test_blocked_wallet_is_not_active(shop: Shop, side: str) -> None:
    request = shop.request()
    account = getattr(shop, side).account_id
    block_account(account_id=account, debits=True, credits_=True)

    refused(shop.pay(request), 422, "wallet_not_active", shop)
