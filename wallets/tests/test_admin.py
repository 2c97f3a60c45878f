"""The back office: staff look, nobody writes, and a page costs a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import client_of, person
from ledger.models import JournalEntry
from wallets.models import Transfer
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

LISTS = [
    "ledger/journalentry",
    "ledger/ledgeraccount",
    "ledger/currency",
    "events/event",
    "wallets/wallet",
    "wallets/transfer",
]
# Freezing is an operation, with a reason and an event.
ACTED_ON = {"wallets/wallet"}


def browser_of(role: str) -> Client:
    client = Client()
    client.force_login(person(role=role))
    return client


def move(times: int) -> Transfer:
    alice = person()
    source, target = wallet_of(alice, holding="100.00"), wallet_of(person())
    body = {"source": source.number, "destination": target.number, "amount": "1.00"}
    for _ in range(times):
        assert client_of(alice).post("/api/v1/transfers", body, format="json").status_code == 201
    return Transfer.objects.select_related("entry", "source").latest("entry_id")


@pytest.mark.parametrize("role", ["staff", "admin", "superuser"])
@pytest.mark.parametrize("name", LISTS)
def test_staff_read_lists_and_find_no_way_to_write(role: str, name: str) -> None:
    move(1)
    browser = browser_of(role)

    response = browser.get(f"/admin/{name}/")

    assert response.status_code == 200
    assert f"/admin/{name}/add/" not in response.content.decode()
    assert b'name="action"' not in response.content or name in ACTED_ON
    assert browser.get(f"/admin/{name}/add/").status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_people_without_a_role_for_it_are_sent_to_log_in(name: str) -> None:
    response = browser_of("user").get(f"/admin/{name}/")

    assert response.status_code == 302
    assert "/admin/login/" in response.headers["Location"]


def test_entry_page_shows_its_postings_and_takes_no_change() -> None:
    transfer = move(1)
    entry = JournalEntry.objects.get(pk=transfer.pk)
    browser = browser_of("superuser")
    path = f"/admin/ledger/journalentry/{entry.pk}/change/"

    page = browser.get(path).content.decode()
    refused = browser.post(path, {"reference": "changed", "kind": "x"})

    assert "-1.00 NGN" in page
    assert f"wallet:{transfer.source.number}:NGN" in page
    assert "99.00 NGN after 2" in page
    assert refused.status_code == 403
    assert browser.post(f"/admin/ledger/journalentry/{entry.pk}/delete/").status_code == 403


def test_transfer_leads_to_its_entry() -> None:
    transfer = move(2)
    browser = browser_of("staff")

    page = browser.get(f"/admin/wallets/transfer/{transfer.pk}/change/").content.decode()
    found = browser.get(
        f"/admin/ledger/journalentry/?q={transfer.entry.reference}"
    ).content.decode()

    assert f"/admin/ledger/journalentry/?q={transfer.entry.reference}" in page
    assert found.count("-1.00 NGN") == 1


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_however_long(name: str) -> None:
    browser = browser_of("staff")
    counts = []
    for times in (1, 12):
        move(times)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/admin/{name}/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_search_for_what_is_not_there_is_an_empty_page() -> None:
    response: Any = browser_of("staff").get("/admin/wallets/wallet/?q=nobody")

    assert response.status_code == 200
    assert b"0 wallets" in response.content


@pytest.mark.parametrize(
    "query",
    [
        "accounts/user/?password__startswith=argon2",
        "accounts/user/?password__regex=(",
        "accounts/user/?role__users__password__startswith=a",
        "wallets/wallet/?owner__password__startswith=argon2",
        "payments/deposit/?authorization_url__startswith=http",
        "payments/deposit/?owner__password__startswith=a",
        "events/event/?data__startswith=a",
        "ledger/journalentry/?metadata__startswith=a",
    ],
)
def test_nothing_is_guessed_through_a_filter(query: str) -> None:
    """A column that no filter shows cannot be asked for a letter at a time."""
    response: Any = browser_of("staff").get(f"/admin/{query}", follow=True)

    assert response.status_code in {200, 400}
    assert response.status_code == 400 or response.redirect_chain[0][0].endswith("?e=1")


@pytest.mark.parametrize(
    "query",
    [
        "wallets/wallet/?status__exact=active&currency=NGN",
        "wallets/transfer/?currency=NGN&entry__occurred_at__gte=2026-01-01 00:00:00%2B00:00",
        "ledger/ledgeraccount/?kind__exact=asset&debits_blocked__exact=0&currency__code__exact=NGN",
        "events/event/?type=wallet.opened&recorded_at__gte=2026-01-01 00:00:00%2B00:00",
        "accounts/user/?is_active__exact=1",
    ],
)
def test_filters_still_work(query: str) -> None:
    response: Any = browser_of("staff").get(f"/admin/{query}", follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == []
