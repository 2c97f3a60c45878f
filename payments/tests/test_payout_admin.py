from __future__ import annotations

from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from payments.models import Payout, WebhookDelivery
from payments.tests.payouts import (
    ask_for,
    beneficiary_of,
    fund,
    let_happen,
    send,
    take_in,
    transfer_event,
)
from payments.tests.test_admin import WEBHOOKS, logged_in
from wallets.models import Wallet

PAYOUTS = "/admin/payments/payout/"


@pytest.fixture
def large(origin: str, alice: User, wallet: Wallet) -> Payout:
    fund(wallet, "2000000.00")
    return ask_for(wallet, beneficiary_of(alice.pk), "1000000.00", now=timezone.now())


def proved(client: Client) -> Client:
    """As after a login with all factors."""
    request = HttpRequest()
    request.session = client.session
    user = User.objects.get(pk=client.session["_auth_user_id"])
    record_authentication(request, user, method="password", email=user.email)
    request.session.save()
    return client


def act(client: Client, action: str, *rows: Any, at: str = PAYOUTS) -> str:
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(at, body, follow=True).text


def test_queues_what_waits_for_approval(large: Payout) -> None:
    root = logged_in("superuser")

    assert large.reference in root.get(f"{PAYOUTS}?queue=approval").text
    assert large.reference not in root.get(f"{PAYOUTS}?queue=provider").text
    assert large.reference not in root.get(f"{PAYOUTS}?queue=person").text
    page = root.get(f"{PAYOUTS}{large.pk}/change/")
    assert page.status_code == 200
    assert large.provider_reference in page.text


def test_staff_approve_after_a_fresh_login_only(large: Payout) -> None:
    staff = logged_in("staff")

    assert "too old" in act(staff, "approve", large)
    assert Payout.objects.filter(pk=large.pk, next_step_at=None).exists()
    assert "noted" in act(proved(staff), "approve", large)

    assert Payout.objects.filter(pk=large.pk, next_step_at__isnull=False).exists()
    assert "said so before" in act(staff, "approve", large)


def test_staff_turn_down(large: Payout) -> None:
    act(proved(logged_in("staff")), "reject", large)

    large.refresh_from_db()
    assert large.status == "cancelled"


def test_asks_the_provider_now(origin: str, alice: User, wallet: Wallet) -> None:
    fund(wallet)
    payout = send(ask_for(wallet, beneficiary_of(alice.pk)))
    let_happen()

    assert "succeeded" in act(logged_in("staff"), "ask", payout)

    payout.refresh_from_db()
    assert payout.status == "completed"


def test_two_of_staff_say_how_an_unknown_one_ended(
    origin: str, alice: User, wallet: Wallet
) -> None:
    fund(wallet)
    payout = send(ask_for(wallet, beneficiary_of(alice.pk)))

    for role in ("staff", "admin"):
        assert "noted" in act(proved(logged_in(role)), "declare_unpaid", payout)

    payout.refresh_from_db()
    assert (payout.status, payout.settled_by) == ("failed", "people")


def test_customers_may_not(large: Payout) -> None:
    assert logged_in("user").get(PAYOUTS).status_code == 302


def test_shows_no_bank_account(large: Payout) -> None:
    row = large.beneficiary
    page = logged_in("superuser").get(f"/admin/payments/beneficiary/{row.pk}/change/")

    assert page.status_code == 200
    assert "sealed" not in page.text


def test_nobody_changes_a_payout(large: Payout) -> None:
    root = logged_in("superuser")

    assert root.post(f"{PAYOUTS}{large.pk}/change/", {"status": "completed"}).status_code == 403
    assert root.post(f"{PAYOUTS}{large.pk}/delete/", {"post": "yes"}).status_code == 403


def test_staff_apply_an_event_again(origin: str, alice: User, wallet: Wallet) -> None:
    fund(wallet)
    payout = send(ask_for(wallet, beneficiary_of(alice.pk)))
    delivery = take_in(transfer_event("transfer.success", payout))
    assert "waits to be applied already" in act(logged_in("staff"), "replay", delivery, at=WEBHOOKS)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state="given_up", next_try_at=None)

    assert "will be applied again" in act(logged_in("staff"), "replay", delivery, at=WEBHOOKS)

    delivery.refresh_from_db()
    assert delivery.state == "received"
