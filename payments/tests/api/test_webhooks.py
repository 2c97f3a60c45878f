from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.db import connection
from django.utils import timezone

from payments.models import WebhookDelivery
from payments.operations import sweep_webhooks
from payments.operations.receive_webhook import LARGEST_BODY
from payments.providers.paystack.signature import sign
from payments.simulators.operations import deliver_webhooks
from payments.tests.conftest import Simulator
from payments.tests.factories import (
    at_once,
    balance_of,
    charge_success,
    deliver,
    start,
    told_of,
)
from wallets.models import Wallet

EXAMPLES = sorted((Path(__file__).parents[1] / "fixtures" / "paystack").glob("*.json"))


def count() -> int:
    return WebhookDelivery.objects.count()


def test_a_signed_webhook_is_stored_as_it_came_and_answered(origin: str, wallet: Wallet) -> None:
    body = charge_success(start(wallet).provider_reference)

    answer = deliver(origin, body)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    stored = WebhookDelivery.objects.latest("id")
    assert bytes(stored.body) == body
    assert (stored.provider, stored.kind) == ("paystack", "charge.success")
    assert stored.state == "received"
    assert "x-paystack-signature" in stored.headers
    assert not {"authorization", "cookie"} & set(stored.headers)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_takes_every_published_example_and_credits_nobody(origin: str, path: Path) -> None:
    postings = journal_size()

    assert deliver(origin, path.read_bytes()).status_code == 200
    assert deliver(origin, path.read_bytes()).status_code == 200

    kind = json.loads(path.read_bytes())["event"]
    sweep_webhooks(now=timezone.now())
    stored = WebhookDelivery.objects.filter(kind=kind, body=path.read_bytes())
    states = set(stored.values_list("state", flat=True))
    # Charges, refunds and transfers name something, and none of it is ours.
    names = kind == "charge.success" or kind.startswith(("refund.", "transfer."))
    assert states <= {"parked", "given_up"} if names else states == {"ignored"}
    assert journal_size() == postings


def journal_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_posting")
        size: int = cursor.fetchone()[0]
    return size


@pytest.mark.parametrize("signature", ["", "0" * 128, sign(body=b"x", secret_key="sk_test_x")])
def test_a_forged_one_is_refused_and_leaves_nothing(
    origin: str, wallet: Wallet, signature: str
) -> None:
    body, before = charge_success(start(wallet).provider_reference), count()

    answer = deliver(origin, body, signature=signature)

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_not_valid")
    assert count() == before


def test_an_altered_one_is_refused(
    origin: str, wallet: Wallet, settings: pytest.FixtureRequest
) -> None:
    body, before = charge_success(start(wallet).provider_reference), count()
    key = settings.PAYSTACK_SECRET_KEY  # type: ignore[attr-defined]
    signature = sign(body=body, secret_key=key)

    for altered in (body + b" ", body.replace(b"500000", b"500001"), body[:-1]):
        assert deliver(origin, altered, signature=signature).status_code == 401

    assert count() == before


def test_a_signed_body_that_is_no_json_is_kept_and_answered(origin: str) -> None:
    for body in (b"", b"\xff\x00", b'{"event":', b'{"event":"\\ud800","data":{"id":"\\u0000"}}'):
        assert deliver(origin, body).status_code == 200


@pytest.mark.parametrize("reference", ["\ud800", "a\x00b"])
def test_a_signed_charge_with_a_reference_that_is_no_text_is_ignored(
    origin: str, reference: str
) -> None:
    body, postings = charge_success(reference), journal_size()

    assert deliver(origin, body).status_code == 200

    sweep_webhooks(now=timezone.now())
    stored = WebhookDelivery.objects.filter(body=body).latest("id")
    assert (stored.payment_reference, stored.state) == ("", "ignored")
    assert journal_size() == postings


def test_a_body_that_is_too_large_is_refused_unread(origin: str) -> None:
    before = count()

    assert deliver(origin, b" " * LARGEST_BODY).status_code == 200
    assert deliver(origin, b" " * (LARGEST_BODY + 1)).status_code == 413
    assert deliver(origin, b" " * (2 * 1024 * 1024)).status_code == 413
    assert count() == before + 1


def test_only_posts_and_only_known_providers(origin: str) -> None:
    assert requests.get(f"{origin}/api/v1/webhooks/paystack", timeout=5).status_code == 405
    assert requests.post(f"{origin}/api/v1/webhooks/nobody", timeout=5).status_code == 404


def test_from_checkout_to_credit_as_the_provider_does_it(
    origin: str, simulator: Simulator, wallet: Wallet
) -> None:
    simulator.set_faults(webhook_seconds=0, duplicate=1)
    deposit = start(wallet, now=timezone.now())
    simulator.pay(deposit.authorization_url)

    assert deliver_webhooks(now=timezone.now()) == 2
    sweep_webhooks(now=timezone.now())

    assert balance_of(wallet).decimal_string() == "5000.00"
    assert told_of(deposit) == ["deposit.started", "deposit.completed"]
    assert deliver_webhooks(now=timezone.now()) == 0


def test_the_simulator_tries_again_until_somebody_takes_it(
    origin: str, simulator: Simulator, wallet: Wallet, settings: pytest.FixtureRequest
) -> None:
    simulator.set_faults(webhook_seconds=0, bad_signature=1)
    simulator.pay(start(wallet).authorization_url)
    before = count()

    assert deliver_webhooks(now=timezone.now()) == 0
    assert deliver_webhooks(now=timezone.now()) == 0
    assert deliver_webhooks(now=timezone.now() + timedelta(seconds=4)) == 0
    assert count() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_webhooks_in_any_order_credit_each_payment_once(
    origin: str, simulator: Simulator, wallet: Wallet, order: tuple[int, ...]
) -> None:
    deposits = [start(wallet, f"{number}.00") for number in (1, 2, 4)]
    bodies = [charge_success(deposit.provider_reference) for deposit in deposits]
    for deposit in deposits:
        simulator.pay(deposit.authorization_url)

    for number in order:
        for _ in range(2):
            assert deliver(origin, bodies[number]).status_code == 200
        sweep_webhooks(now=timezone.now())

    assert balance_of(wallet).decimal_string() == "7.00"


def test_twenty_deliveries_of_one_event_at_once_credit_once(
    origin: str, simulator: Simulator, wallet: Wallet
) -> None:
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    body, before = charge_success(deposit.provider_reference), count()

    def work(_: int) -> int:
        status = deliver(origin, body).status_code
        sweep_webhooks(now=timezone.now())
        return status

    assert at_once(20, work) == [200] * 20
    assert count() == before + 1
    sweep_webhooks(now=timezone.now())
    assert balance_of(wallet).decimal_string() == "5000.00"
    assert told_of(deposit) == ["deposit.started", "deposit.completed"]
