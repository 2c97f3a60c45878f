"""The back office in a real browser: a login with every factor, and two people for one role."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.tests.authenticators import totp
from accounts.tests.factories import PASSWORD, person, with_password

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("committed_db")]


def log_in(page: Page, origin: str, user: User, code: str = "") -> None:
    page.goto(f"{origin}/admin/")
    page.fill('input[name="username"]', user.email)
    page.fill('input[name="password"]', PASSWORD)
    page.fill('input[name="code"]', code)
    page.get_by_role("button", name="Log in").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()


def run(page: Page, action: str) -> None:
    page.locator("#action-toggle").check()
    page.select_option('select[name="action"]', action)
    page.get_by_role("button", name="Run", exact=False).or_(
        page.get_by_role("button", name="Go", exact=True)
    ).first.click()


def test_an_authenticator_app_is_asked_for(served: str, page: Page) -> None:
    staff = with_password(person(role="staff"))
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)

    log_in(page, served, staff)
    expect(page.locator(".errornote")).to_contain_text("code of your authenticator app")
    log_in(page, served, staff, "000000")
    expect(page.locator(".errornote")).to_contain_text("wrong")
    log_in(page, served, staff, totp(secret))

    expect(page.locator("#site-name")).to_be_visible()
    assert page.url == f"{served}/admin/"


def test_a_role_is_proposed_by_one_and_approved_by_another(served: str, page: Page) -> None:
    alice = person()
    admin, root = with_password(person(role="admin")), with_password(person(role="superuser"))

    log_in(page, served, admin)
    page.goto(f"{served}/admin/accounts/user/?q={alice.email}")
    run(page, "propose")
    page.select_option('select[name="role"]', "staff")
    page.fill('input[name="reason"]', "<script>alert(1)</script> joins support")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator(".messagelist")).to_contain_text("Done for 1")
    page.goto(f"{served}/admin/accounts/roleproposal/?q={alice.email}")
    run(page, "approve")
    expect(page.locator(".messagelist")).to_contain_text("Another person must decide this")
    log_out(page)

    log_in(page, served, root)
    page.goto(f"{served}/admin/accounts/roleproposal/?q={alice.email}")
    expect(page.locator("#result_list")).to_contain_text("<script>alert(1)</script>")
    run(page, "approve")
    expect(page.locator(".messagelist")).to_contain_text("decided")

    assert User.objects.get(id=alice.id).role.name == "staff"
