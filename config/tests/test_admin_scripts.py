"""Nothing that anybody wrote runs as a script in the browser of whoever looks at the back office.

Every page of the admin is shown by a real browser, with every column of text that the database
lets be so holding markup, and without the content security policy, which is there for the day
when this fails.
"""

from __future__ import annotations

import contextvars
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route

from accounts.models import Document, Role, RoleProposal, TokenFamily, User
from accounts.tests.factories import client_of, person
from offline.models import Voucher
from offline.tests.phones import Phone
from payments.models import Deposit, WebhookDelivery
from payments.tests.factories import NOON
from wallets.models import Wallet
from wallets.tests.factories import wallet_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SHORT = "<img src=x onerror=hit()>"
MARKUP = (
    f"'\"></a></script></textarea></title>{SHORT}"
    "<script>hit()</script><svg onload=hit()>{{7*7}}"
)
ADDRESS = "javascript:hit()"

# Columns whose content was read and proved before it was stored: what they say in between is
# markup in these tests, and they themselves stay messages and keys.
SIGNED = {"closing", "modulus", "proof", "receipt", "request", "settlement", "text"}

SITE = "http://testserver"


class Trap:
    """A browser page that notices when a script calls `hit()`, and asks `client` for everything."""

    def __init__(self, page: Page, client: Client) -> None:
        self.page = page
        self.client = client
        self.sprung = 0
        # Playwright calls back from a context of its own, which would have another connection.
        self.context = contextvars.copy_context()
        page.expose_function("hit", self._spring)
        page.route("**/*", self._answer)

    def _spring(self) -> None:
        self.sprung += 1

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        response = self.context.copy().run(self.client.get, path)
        route.fulfill(
            status=response.status_code,
            headers=dict(response.headers),
            body=b"".join(response) if response.streaming else response.content,
        )

    def show(self, path: str) -> str:
        """Show a page, try all that it offers to a careless reader, and return its words."""
        answer = self.page.goto(SITE + path, wait_until="load")
        assert answer
        assert answer.status == 200, path
        # What an attribute hides until somebody comes near.
        self.page.evaluate(
            "for (const e of document.querySelectorAll('*')) {"
            " e.dispatchEvent(new MouseEvent('mouseover')); e.dispatchEvent(new Event('focus')) }"
        )
        links: list[str] = self.page.eval_on_selector_all(
            "[href], [src], [action]",
            "all => all.map(e => e.getAttribute('href') || e.getAttribute('src') || e.action)",
        )
        assert not [link for link in links if link.strip().lower().startswith("javascript:")]
        return self.page.inner_text("body") + self.page.content()


@pytest.fixture
def trap(browser: Browser) -> Iterator[Trap]:
    client = Client()
    client.force_login(person(role="superuser"))
    context = browser.new_context(bypass_csp=True)
    yield Trap(context.new_page(), client)
    context.close()


@pytest.fixture
def alice() -> User:
    """Somebody with a row in every list."""
    alice = person()
    wallet = wallet_of(alice, holding="100.00")
    body = {
        "source": wallet.number,
        "destination": wallet_of(person()).number,
        "amount": "1.00",
        "description": MARKUP,
        "metadata": {MARKUP: MARKUP},
    }
    assert client_of(alice).post("/api/v1/transfers", body, format="json").status_code == 201
    EmailAddress.objects.get_or_create(user=alice, email=alice.email)
    UserSession.objects.create(
        user=alice, ip="192.0.2.1", user_agent=MARKUP, last_seen_at=NOON, session_key="s"
    )
    TokenFamily.objects.get_or_create(user=alice, authenticated_at=NOON, expires_at=timezone.now())
    RoleProposal.objects.create(
        person=alice,
        from_role=alice.role,
        to_role=Role.objects.get(name="staff"),
        reason=MARKUP,
        proposed_by=person(role="admin"),
        proposed_at=NOON,
        expires_at=NOON + RoleProposal.LIFE,
    )
    Document.objects.create(
        person=alice, kind="other", content_type="text/html", size=1, sealed=b"x", submitted_at=NOON
    )
    _told_by_provider(wallet)
    _paid_twice_offline()
    return alice


def _told_by_provider(wallet: Wallet) -> None:
    deposit = Deposit.objects.create(
        reference="DEP_1",
        wallet=wallet,
        owner_id=wallet.owner_id,
        amount_minor=100,
        currency="NGN",
        provider="paystack",
        provider_reference="dep-1",
        request_key=wallet.owner_id,
        created_at=NOON,
        expires_at=NOON,
    )
    WebhookDelivery.objects.create(
        provider="paystack",
        dedupe_key="1",
        kind="charge.success",
        body=MARKUP.encode(),
        received_at=NOON,
        deposit=deposit,
        next_try_at=NOON,
    )


def _paid_twice_offline() -> None:
    """A copied device that pays two shops the same money, for markup: evidence for a case."""
    copied, shops = Phone(holding="60.00").load("60.00"), [Phone(), Phone()]
    for shop in shops:
        asked = shop.request(5_000, memo=SHORT)
        voucher = copied.draft(shop, 5_000, request_id=asked.body.request_id, request_vid=asked.vid)
        shop.sync_one(copied.sign(voucher), request=asked.text)
        assert Voucher.objects.filter(request=asked.text).exists()


def _poison(row: models.Model, payloads: Sequence[str]) -> None:
    """Write markup to every column of text of a row, where no constraint minds."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for field in row._meta.concrete_fields:
            if (
                field.primary_key
                or field.is_relation
                or field.name in SIGNED
                or (value := _markup(field, payloads)) is None
            ):
                continue
            try:
                with transaction.atomic():
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})
            except DatabaseError:
                continue
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET ROLE")


def _markup(field: models.Field[Any, Any], payloads: Sequence[str]) -> Any:
    if isinstance(field, models.JSONField):
        return {payloads[0]: [payloads[0]]}
    if not isinstance(field, models.CharField | models.TextField) or field.choices is not None:
        return None
    room = field.max_length or len(payloads[0])
    return next((payload for payload in payloads if len(payload) <= room), None)


def test_the_trap_is_one(trap: Trap) -> None:
    trap.page.unroute("**/*")
    trap.page.route("**/*", lambda route: route.fulfill(body=MARKUP, content_type="text/html"))

    trap.page.goto(SITE, wait_until="load")

    assert trap.sprung


def test_no_page_runs_what_it_shows(trap: Trap, alice: User) -> None:
    mine = {User: alice, Role: alice.role}
    told = set()
    for model in sorted(admin.site._registry, key=lambda one: one._meta.label):
        # The looker's own rows stay as they are, for the looker to stay logged in.
        row = mine.get(model) or model._base_manager.order_by("-pk").first()
        if row is None:
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        page = f"{base}{quote(str(row.pk))}/change/"
        _poison(row, (MARKUP, SHORT))
        trap.show(base)
        trap.show(f"{base}?q={quote(MARKUP)}")
        if "hit()" in trap.show(page):
            told.add(model._meta.model_name)
        _poison(row, (ADDRESS,))
        trap.show(page)

    assert trap.sprung == 0
    assert {"user", "wallet", "transfer", "journalentry", "deposit", "webhookdelivery"} <= told
    assert {"event", "roleproposal", "document", "device", "voucher"} <= told
