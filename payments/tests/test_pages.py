"""The pages of a deposit, in a real browser: the payer's checkout and the back office."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, client_of, person, with_password
from payments import operations
from payments.models import Deposit
from payments.providers.paystack.provider import Paystack
from wallets.models import Wallet
from wallets.tests.factories import holds

pytestmark = pytest.mark.browser


def start(alice: User, wallet: Wallet) -> dict[str, Any]:
    body = {"wallet": wallet.number, "amount": "5000.00", "provider": "paystack"}
    response = client_of(alice).post("/api/v1/deposits", body, format="json")
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    return answer


def settle(started: dict[str, Any], paystack: Paystack) -> Deposit:
    deposit = Deposit.objects.get(reference=started["reference"])
    operations.settle_deposit(
        deposit_id=deposit.pk,
        provider_reference=deposit.provider_reference,
        provider=paystack,
        now=timezone.now(),
    )
    deposit.refresh_from_db()
    return deposit


@pytest.mark.parametrize("outcome", ["success", "failed"])
def test_payer_chooses_an_outcome_and_comes_back(
    alice: User, wallet: Wallet, paystack: Paystack, page: Page, outcome: str
) -> None:
    started = start(alice, wallet)

    page.goto(started["authorization_url"])
    expect(page.locator("body")).to_contain_text("5,000.00")
    page.locator(f'button[name="outcome"][value="{outcome}"]').click()
    page.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"reference=DEP-"))

    seen = (settle(started, paystack).status, holds(wallet))
    assert seen == {"success": ("completed", "5000.00"), "failed": ("failed", "0.00")}[outcome]


def test_staff_log_in_and_follow_a_deposit_into_the_books(
    alice: User, wallet: Wallet, paystack: Paystack, simulator: Any, origin: str, page: Page
) -> None:
    started = start(alice, wallet)
    simulator.pay(started["authorization_url"])
    settle(started, paystack)
    staff = with_password(person(role="staff"))

    page.goto(f"{origin}/admin/")
    page.fill('input[name="username"]', staff.email)
    page.fill('input[name="password"]', PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{origin}/admin/ledger/journalentry/?q={started['reference']}")
    page.get_by_role("link", name=started["reference"], exact=True).click()

    expect(page.locator("body")).to_contain_text("5000.00 NGN")
    expect(page.locator("body")).to_contain_text(f"wallet:{wallet.number}:NGN")
    expect(page.locator("body")).to_contain_text("clearing:paystack:NGN")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_wrong_password_stays_outside(origin: str, page: Page) -> None:
    staff = with_password(person(role="staff"))

    page.goto(f"{origin}/admin/")
    page.fill('input[name="username"]', staff.email)
    page.fill('input[name="password"]', "not-the-password")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator(".errornote")).to_be_visible()
    assert "/admin/login/" in page.url
