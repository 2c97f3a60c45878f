from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from payments.models import Deposit
from payments.operations import sweep_deposits
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator
from payments.tests.factories import asked_of_provider, at_once, start, wallet_of
from wallets.models import Wallet
from wallets.operations import FreezeOrder, freeze_wallet

DEPOSITS = "/api/v1/deposits"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def client(alice: User) -> APIClient:
    return client_of(alice)


def asked(wallet: Wallet, /, **changes: object) -> dict[str, object]:
    return {"wallet": wallet.number, "amount": "5000.00", "provider": "paystack"} | changes


def post(client: APIClient, body: object, key: str | None = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(DEPOSITS, body, format="json", headers=headers)


def test_starts_a_deposit(client: APIClient, wallet: Wallet, origin: str) -> None:
    answer = post(client, asked(wallet))

    assert answer.status_code == 201
    body = answer.json()
    assert body["reference"].startswith("DEP_")
    assert body["authorization_url"].startswith(f"{origin}/simulator/paystack/checkout/")
    assert INSTANT.fullmatch(body["expires_at"])
    assert INSTANT.fullmatch(body["created_at"])
    assert {
        "status": "pending",
        "provider": "paystack",
        "amount": "5000.00",
        "currency": "NGN",
        "wallet": wallet.number,
        "completed_at": None,
    }.items() <= body.items()
    assert asked_of_provider(wallet).get().email == person_of(wallet).email


def person_of(wallet: Wallet) -> User:
    return User.objects.get(pk=wallet.owner_id)


def test_takes_a_json_number(client: APIClient, wallet: Wallet) -> None:
    assert post(client, asked(wallet, amount=12.5)).json()["amount"] == "12.50"


@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "-1",
        "1.001",
        "NaN",
        "1e3",
        "1_000",
        "\uff11\uff12",
        "",
        " 1",
        None,
        True,
        [],
        "9" * 30,
        -0.0,
    ],
)
def test_refuses_a_bad_amount_and_asks_nobody(
    client: APIClient, wallet: Wallet, amount: object
) -> None:
    answer = post(client, asked(wallet, amount=amount))

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert answer.json()["errors"][0]["field"] == "amount"
    assert not Deposit.objects.filter(wallet=wallet).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"provider": "flutterwave"}, "provider"),
        ({"provider": "Stripe"}, "provider"),
        ({"provider": None}, "provider"),
        ({"wallet": "123"}, "wallet"),
        ({"wallet": None}, "wallet"),
    ],
)
def test_refuses_other_bad_fields(
    client: APIClient, wallet: Wallet, changes: dict[str, object], field: str
) -> None:
    answer = post(client, asked(wallet, **changes))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_one_key_is_one_deposit_and_one_answer(client: APIClient, wallet: Wallet) -> None:
    first = post(client, asked(wallet), key="a")
    again = post(client, asked(wallet), key="a")

    assert again.status_code == 201
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert asked_of_provider(wallet).count() == 1


def test_one_key_for_two_deposits_is_refused(client: APIClient, wallet: Wallet) -> None:
    post(client, asked(wallet), key="a")

    answer = post(client, asked(wallet, amount="1.00"), key="a")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert asked_of_provider(wallet).count() == 1


@pytest.mark.parametrize("fault", ["error", "error_after"])
def test_a_provider_that_is_away_is_a_503_that_the_same_key_may_try_again(
    client: APIClient, wallet: Wallet, simulator: Simulator, fault: str
) -> None:
    simulator.set_faults(**{fault: 1})
    answer = post(client, asked(wallet), key="a")
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert "Retry-After" in answer.headers

    simulator.set_faults(**{fault: 0})
    again = post(client, asked(wallet), key="a")

    assert again.status_code == 201
    assert again.json()["authorization_url"]
    deposit = Deposit.objects.get(wallet=wallet)
    assert deposit.reference == again.json()["reference"]
    payable = SimulatedPayment.objects.filter(
        access_code=again.json()["authorization_url"].rpartition("/")[2]
    )
    assert payable.count() == 1


def test_twelve_at_once_with_one_key_start_one_deposit(alice: User, wallet: Wallet) -> None:
    def work(_: int) -> tuple[int, bytes]:
        answer = post(client_of(alice), asked(wallet), key="a")
        return answer.status_code, answer.content

    results = at_once(12, work)

    answers = [result for result in results if isinstance(result, tuple)]
    assert len(answers) == 12
    assert {status for status, _ in answers} <= {201, 409}
    assert len({content for status, content in answers if status == 201}) == 1
    assert asked_of_provider(wallet).count() == 1


def test_a_strangers_wallet_is_not_found(client: APIClient, origin: str) -> None:
    answer = post(client, asked(wallet_of(person())))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not SimulatedPayment.objects.exists()


def test_a_frozen_wallet_takes_no_deposit(client: APIClient, wallet: Wallet) -> None:
    with transaction.atomic():
        freeze_wallet(
            wallet=wallet,
            order=FreezeOrder(debits=True, credits=True, reason="lost", at=timezone.now()),
        )

    answer = post(client, asked(wallet))

    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_not_active")
    assert not Deposit.objects.filter(wallet=wallet).exists()


def test_a_currency_that_the_provider_does_not_take(client: APIClient, alice: User) -> None:
    answer = post(client, asked(wallet_of(alice, "EUR")))

    assert (answer.status_code, answer.json()["code"]) == (422, "currency_not_supported")


def test_strangers_to_us_are_not_let_in(wallet: Wallet) -> None:
    deposit = start(wallet)

    for answer in (
        post(APIClient(), asked(wallet)),
        APIClient().get(DEPOSITS),
        APIClient().get(f"{DEPOSITS}/{deposit.reference}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_reads_a_deposit_as_it_becomes(
    client: APIClient, wallet: Wallet, simulator: Simulator
) -> None:
    started = post(client, asked(wallet)).json()
    url = f"{DEPOSITS}/{started['reference']}"
    assert client.get(url).json() == started

    simulator.pay(started["authorization_url"], "failed")
    Deposit.objects.filter(wallet=wallet).update(next_ask_at="2026-01-01T00:00:00Z")
    sweep_deposits(now=Deposit.objects.get(wallet=wallet).created_at)

    assert client.get(url).json()["status"] == "failed"


def test_nothing_of_a_deposit_leaks_to_charlie(wallet: Wallet, client: APIClient) -> None:
    deposit = start(wallet)
    charlie = client_of(person())

    answer = charlie.get(f"{DEPOSITS}/{deposit.reference}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert charlie.get(DEPOSITS).json() == {"results": [], "next": None, "previous": None}
    assert client.get(f"{DEPOSITS}/{deposit.reference}").status_code == 200


@pytest.mark.parametrize("reference", ["DEP_0", "TRF_00000000000000000000", "x" * 300, "%F0%9F"])
def test_what_is_no_reference_is_not_found(client: APIClient, reference: str) -> None:
    assert client.get(f"{DEPOSITS}/{reference}").status_code in {400, 404}


def test_lists_own_deposits_newest_first_by_page(client: APIClient, wallet: Wallet) -> None:
    references = [post(client, asked(wallet)).json()["reference"] for _ in range(5)]

    first = client.get(f"{DEPOSITS}?page_size=3").json()
    second = client.get(first["next"]).json()

    listed = [row["reference"] for row in first["results"] + second["results"]]
    assert listed == references[::-1]
    assert second["next"] is None


def test_the_page_that_payers_come_back_to_needs_no_login(origin: str) -> None:
    answer = APIClient().get(f"{DEPOSITS}/return?trxref=x&reference=<script>")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    assert b"<script>" not in answer.content
