"""The platform as its clients reach it, for `test_model`: over the API, from several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import pair_of, person
from ledger.money import Money, currency
from wallets.tests.factories import wallet_of
from wallets.tests.model import Book

API = "/api/v1"
_HOLDINGS = {"alice": "1000.00", "bob": "500.00", "carol": "0", "dave": "10.00"}
# Of tier 0, whose wallets hold 50,000.00 NGN at most.
_SMALL = "dave"
_CEILING = 5_000_000


class World:
    """Four people with wallets in NGN, one of whom has dollars too, and somebody of the staff."""

    def __init__(self) -> None:
        self.people: dict[str, User] = {
            name: person(kyc_tier=0 if name == _SMALL else 2) for name in _HOLDINGS
        }
        self.people["staff"] = person(role="staff")
        self._tokens = {name: pair_of(user).access_token for name, user in self.people.items()}
        self.books = {name: self._open(name, "NGN", holding) for name, holding in _HOLDINGS.items()}
        self.books[_SMALL].ceiling = _CEILING
        self.books["rich"] = self._open("bob", "USD", "200.00")

    def _open(self, owner: str, code: str, holding: str) -> Book:
        wallet = wallet_of(self.people[owner], holding=holding, code=code)
        total = Money.of(holding, code).amount_minor
        return Book(wallet.number, owner, code, total=total)

    def post(self, who: str, path: str, body: dict[str, Any], key: str | None = None) -> Any:
        """Post as somebody, with an `Idempotency-Key` if one is given."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._client(who).post(f"{API}/{path}", body, format="json", headers=headers)

    def get(self, who: str, path: str) -> Any:
        response = self._client(who).get(f"{API}/{path}")
        assert response.status_code == 200, response.content
        return response.json()

    def _client(self, who: str) -> APIClient:
        """A client of this thread's own."""
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self._tokens[who]}")
        return client


def spell(minor: int, code: str) -> str:
    return Money(minor, currency(code)).decimal_string()


def minor_of(text: str, code: str) -> int:
    return Money.of(text, code).amount_minor


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make calls at the same instant, each in a thread with a connection of its own."""
    together = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        try:
            together.wait()
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))
