"""What staff do to wallets, holds and disputes in the back office."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import PASSWORD, client_of, deny, person, with_password
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.models import Dispute, Freeze, Hold, Wallet
from wallets.operations import HoldOrder, place_hold
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    """Log in as staff do, with a password: what is weighty wants a login of lately."""
    client = Client()
    body = {"username": with_password(user).email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", body).status_code == 302
    return client


def act(browser: Client, model: str, action: str, row: Any, **form: Any) -> str:
    body = {"action": action, "_selected_action": [row.pk], **form}
    response = browser.post(f"/admin/wallets/{model}/", body, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def staff() -> User:
    return person(role="staff")


@pytest.fixture
def wallet() -> Wallet:
    return wallet_of(person(), holding="100.00")


class TestFreezing:
    def test_asks_why_and_freezes_and_lifts(self, staff: User, wallet: Wallet) -> None:
        browser = browser_of(staff)

        assert "Stop what leaves" in act(browser, "wallet", "freeze", wallet)
        assert not Freeze.objects.exists()
        act(browser, "wallet", "freeze", wallet, debits="on", hours="2", reason="stolen")

        freeze = Freeze.objects.get(wallet=wallet)
        assert (freeze.debits, freeze.credits, freeze.placed_by) == (True, False, staff)
        assert freeze.expires_at is not None
        assert freeze.expires_at - freeze.placed_at == timedelta(hours=2)
        assert "stolen" in browser.get("/admin/wallets/freeze/").content.decode()
        act(browser, "wallet", "unfreeze", wallet, reason="found")
        wallet.refresh_from_db()
        assert wallet.status == "active"

    def test_leaves_heavier_people_and_oneself_alone(self, staff: User) -> None:
        browser = browser_of(staff)
        own, heavier = wallet_of(staff), wallet_of(person(role="admin"))

        told = act(browser, "wallet", "freeze", own, debits="on", reason="x")
        act(browser, "wallet", "freeze", heavier, debits="on", reason="x")

        assert "somebody else has to do this" in told
        assert not Freeze.objects.exists()

    def test_wants_the_permission(self, staff: User, wallet: Wallet) -> None:
        deny("staff", "freeze_wallet")

        act(browser_of(staff), "wallet", "freeze", wallet, debits="on", reason="x")

        assert not Freeze.objects.exists()


def test_staff_release_what_a_customer_holds_and_nothing_else(staff: User, wallet: Wallet) -> None:
    browser = browser_of(staff)
    mine, payouts = (
        place_hold(
            order=HoldOrder(
                wallet, Money.of("10.00", "NGN"), purpose, timezone.now(), purpose=purpose
            )
        )
        for purpose in ("customer", "payout")
    )

    act(browser, "hold", "release", mine, reason="stuck")
    told = act(browser, "hold", "release", payouts, reason="stuck")

    assert "settled by what placed it" in told
    assert LedgerAccount.objects.get(pk=wallet.account_id).held_minor == 1000
    assert Hold.objects.get(pk=mine.pk).closed_reason == "stuck"
    assert "customer" in browser.get(f"/admin/wallets/hold/{mine.pk}/change/").content.decode()


class TestDisputes:
    @pytest.fixture
    def dispute(self, wallet: Wallet) -> Dispute:
        client = client_of(wallet.owner)
        target = wallet_of(person())
        body = {"source": wallet.number, "destination": target.number, "amount": "25.50"}
        sent = client.post("/api/v1/transfers", body, format="json").json()
        claim = {
            "transfer": sent["reference"],
            "reason": "unauthorised",
            "description": "Not <me>.",
        }
        made = client.post("/api/v1/disputes", claim, format="json")
        assert made.status_code == 201, made.content
        return Dispute.objects.get(reference=made.json()["reference"])

    def test_go_from_queue_to_refund_by_two(
        self, staff: User, wallet: Wallet, dispute: Dispute
    ) -> None:
        first, second = browser_of(staff), browser_of(person(role="staff"))

        act(first, "dispute", "take_on", dispute)
        act(first, "dispute", "ask", dispute, party="recipient", text="What for?")
        assert "Nothing happens before" in act(first, "dispute", "propose", dispute)
        act(first, "dispute", "propose", dispute, outcome="refund", amount="", reason="Clear.")
        alone = act(first, "dispute", "approve", dispute)
        assert "Somebody else has to approve" in alone
        page = second.get(f"/admin/wallets/dispute/{dispute.pk}/change/").content.decode()
        assert "What for?" in page
        assert "Not &lt;me&gt;." in page
        assert "refund NGN 25.50" in page or "refund 25.50 NGN" in page

        act(second, "dispute", "approve", dispute)

        dispute.refresh_from_db()
        assert (dispute.status, dispute.assigned_to) == ("refunded", staff)
        assert holds(wallet) == "100.00"

    def test_are_turned_down_with_a_reason(self, staff: User, dispute: Dispute) -> None:
        first, second = browser_of(staff), browser_of(person(role="staff"))
        told = act(
            first, "dispute", "propose", dispute, outcome="refund", amount="99.00", reason="x"
        )
        assert "more than what is disputed" in told
        act(first, "dispute", "propose", dispute, outcome="reject", amount="", reason="x")

        act(second, "dispute", "turn_down", dispute, reason="Look again.")

        assert dispute.decisions.get().status == "turned_down"
        dispute.refresh_from_db()
        assert dispute.status == "open"

    def test_are_not_approved_with_an_old_login(self, staff: User, dispute: Dispute) -> None:
        act(
            browser_of(staff),
            "dispute",
            "propose",
            dispute,
            outcome="reject",
            amount="",
            reason="x",
        )
        stale = Client()
        stale.force_login(person(role="staff"))

        assert "too old" in act(stale, "dispute", "approve", dispute)

        dispute.refresh_from_db()
        assert dispute.status == "open"
