"""Reading offline payments, asking for them, drafting them, and complaining about them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from offline.messages import Request, StaticRequest, base64url, packed, read
from offline.models import Case, Voucher
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

URL = f"{API}/offline-transactions"


@pytest.fixture
def alice() -> Phone:
    return Phone(holding="3000.00").load("1000.00")


@pytest.fixture
def bob() -> Phone:
    return Phone()


def test_both_parties_read_their_payments_and_nobody_else(alice: Phone, bob: Phone) -> None:
    bob.sync(alice.pay(bob, 1_000), alice.pay(bob, 2_000))
    alice.sync(alice.pay(bob, 3_000))

    mine = alice.client.get(URL).json()["results"]
    assert [payment["amount"] for payment in mine] == ["30.00", "20.00", "10.00"]
    assert {payment["direction"] for payment in mine} == {"out"}
    theirs = bob.client.get(URL, {"status": "settled", "direction": "in"}).json()["results"]
    assert [payment["amount"] for payment in theirs] == ["20.00", "10.00"]
    one = bob.client.get(f"{URL}/{theirs[0]['id']}")
    assert one.json() == theirs[0]
    charlie = Phone()
    assert charlie.client.get(URL).json()["results"] == []
    assert charlie.client.get(f"{URL}/{theirs[0]['id']}").status_code == 404
    assert bob.client.get(URL, {"status": "nonsense"}).status_code == 400


def test_dispute_is_filed_once_by_a_party(alice: Phone, bob: Phone) -> None:
    paid = bob.sync_one(alice.pay(bob, 1_000))
    url, body = f"{URL}/{paid['transaction_id']}/dispute", {"reason": "I never got the tea."}

    assert Phone().client.post(url, body, format="json").status_code == 404
    assert alice.client.post(url, body, format="json").status_code == 201
    assert alice.client.post(url, body, format="json").status_code == 409
    assert Case.objects.get().statement == body["reason"]
    assert holds(bob.wallet) == "10.00"


def test_code_for_an_amount_is_a_request_that_can_be_paid_once(alice: Phone, bob: Phone) -> None:
    body = {"wallet": bob.wallet.number, "amount": "12.50"}

    answer = bob.client.post(f"{API}/wallets/qr-code", body, format="json").json()

    (text,) = packed.from_text(answer["text"])
    request = read(Request, text)
    assert (request.body.amount_minor, request.body.wallet) == (1_250, bob.wallet.number)
    assert base64.b64decode(answer["png"]).startswith(b"\x89PNG")
    assert answer["svg"].startswith("<svg")
    draft = alice.client.post(
        f"{URL}/create-local", {"request": answer["text"]}, format="json"
    ).json()
    signature = base64url.encode(alice.key.sign(draft["transaction_data"].encode()))
    stored = alice.client.post(
        f"{URL}/sign-and-store",
        {"transaction_data": draft["transaction_data"], "signature": signature},
        format="json",
    ).json()
    assert stored["status"] == "pending_confirmation"
    result = bob.sync_one(Voucher.objects.get().text, request=text)
    assert (result["status"], holds(bob.wallet)) == ("settled", "12.50")


def test_printed_code_leaves_the_amount_to_the_payer(alice: Phone, bob: Phone) -> None:
    answer = bob.client.post(
        f"{API}/wallets/qr-code", {"wallet": bob.wallet.number}, format="json"
    ).json()
    (text,) = packed.from_text(answer["text"])
    assert read(StaticRequest, text).body.device == bob.did

    asked: dict[str, Any] = {"request": text}
    assert alice.client.post(f"{URL}/create-local", asked, format="json").status_code == 400
    draft = alice.client.post(f"{URL}/create-local", asked | {"amount": "3.00"}, format="json")
    assert draft.json()["cumulative"] == "3.00"
    assert not Voucher.objects.exists()


def test_code_is_for_ones_own_wallet_with_a_device(bob: Phone) -> None:
    url = f"{API}/wallets/qr-code"
    stranger = {"wallet": Phone().wallet.number}
    assert bob.client.post(url, stranger, format="json").status_code == 404

    bob.client.delete(f"{API}/offline/devices/{bob.did}")
    own = bob.client.post(url, {"wallet": bob.wallet.number}, format="json")
    assert (own.status_code, own.json()["code"]) == (422, "device_not_active")


def test_draft_needs_an_open_certificate(bob: Phone) -> None:
    request = Phone().request(500).text

    answer = bob.client.post(f"{URL}/create-local", {"request": request}, format="json")

    assert answer.status_code == 404
