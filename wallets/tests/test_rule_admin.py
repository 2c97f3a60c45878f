"""Fees and limits in the back office: two people, and what is no rule is said so."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import person
from wallets.models import FeeRule, LimitRule, Transfer
from wallets.tests.factories import holds, wallet_of
from wallets.tests.waiting import sent

pytestmark = pytest.mark.django_db

FEES, LIMITS = "/admin/wallets/feerule/", "/admin/wallets/limitrule/"


def browser_of(user: User) -> Client:
    """Log in as somebody who has just shown all their factors."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method="password", email=user.email)
    request.session.save()
    return client


def propose_fee(browser: Client, **changes: Any) -> Any:
    form = {
        "operation": "transfer",
        "currency": "NGN",
        "role": "*",
        "bands": '[{"flat": 100}]',
        "reason": "costs",
    }
    return browser.post(f"{FEES}add/", form | changes)


def act(browser: Client, url: str, action: str, row: Any) -> Any:
    form = {"action": action, "_selected_action": [str(row)]}
    return browser.post(url, form, follow=True)


def test_one_proposes_and_another_approves() -> None:
    ada, bola = person(role="admin"), person(role="admin")

    assert propose_fee(browser_of(ada)).status_code == 302
    rule = FeeRule.objects.get(reason="costs")
    assert (rule.status, rule.proposed_by, rule.bands[0]["flat"]) == ("proposed", ada, 100)
    page = act(browser_of(ada), FEES, "approve", rule.pk)
    assert "Somebody else must approve" in page.content.decode()
    act(browser_of(bola), FEES, "approve", rule.pk)

    rule.refresh_from_db()
    assert (rule.status, rule.decided_by) == ("approved", bola)


def test_limits_are_proposed_and_turned_down() -> None:
    ada, bola = person(role="admin"), person(role="admin")
    form = {
        "operation": "balance",
        "currency": "NGN",
        "tier": "0",
        "each_minor": "6000000",
        "reason": "law",
    }

    assert browser_of(ada).post(f"{LIMITS}add/", form).status_code == 302
    rule = LimitRule.objects.get(reason="law")
    act(browser_of(bola), LIMITS, "reject", rule.pk)

    rule.refresh_from_db()
    assert (rule.status, rule.each_minor) == ("rejected", 6_000_000)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bands": '[{"rate": 1}]'}, "A band has"),
        ({"bands": "{"}, "valid JSON"),
        ({"currency": "XXQ"}, "no such currency"),
        ({"currency": "*"}, "a share alone"),
        ({"reason": ""}, "required"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_rule_is_said_so(changes: dict[str, str], says: str) -> None:
    response = propose_fee(browser_of(person(role="admin")), **changes)

    assert response.status_code == 200
    assert says in response.content.decode()
    assert not FeeRule.objects.exists()


def test_staff_look_and_do_not_propose() -> None:
    browser = browser_of(person(role="staff"))

    assert browser.get(FEES).status_code == 200
    assert browser.get(LIMITS).status_code == 200
    assert browser.get(f"{FEES}add/").status_code == 403
    assert propose_fee(browser).status_code == 403


def test_what_is_in_transit_is_refunded_by_staff() -> None:
    source = wallet_of(person(), holding="10")
    waiting = sent(source, "gil-admin@example.com", "4")
    browser = browser_of(person(role="staff"))
    url = "/admin/wallets/transit/"

    page = browser.get(url).content.decode()
    assert "g***@example.com" in page
    assert "gil-admin" not in page
    act(browser, url, "recover", waiting.pk)

    assert holds(source) == "10.00"
    assert Transfer.objects.get(pk=waiting.pk).status == "failed"
    assert browser.get("/admin/wallets/transferreversal/").status_code == 200
