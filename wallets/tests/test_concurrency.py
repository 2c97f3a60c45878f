"""Races with real threads and connections, against the views as clients call them."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from ledger import chart
from ledger.models import LedgerAccount
from ledger.money import Money
from ledger.queries import chart_balance
from wallets.models import Transfer, Wallet
from wallets.operations import Incoming, receive
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")

URL = "/api/v1/transfers"

# A minute or an hour of it is one variable away.
SOAK_SECONDS = float(os.environ.get("PURSER_SOAK_SECONDS", "6"))


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in as many threads, each with a connection of its own, from one instant on."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        connection.ensure_connection()
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def send(client: APIClient, source: Wallet, target: Wallet, amount: str, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"source": source.number, "destination": target.number, "amount": amount}
    return client.post(URL, body, format="json", headers=headers)


def test_thirty_racing_transfers_spend_what_is_there_and_no_more() -> None:
    alice, bob = person(), person()
    source, target = wallet_of(alice, holding="100.00"), wallet_of(bob)
    clients = [client_of(alice) for _ in range(30)]

    answers = at_once(30, lambda n: send(clients[n], source, target, "10.00"))

    assert Counter(answer.status_code for answer in answers) == {201: 10, 422: 20}
    codes = {answer.json().get("code") for answer in answers if answer.status_code == 422}
    assert codes == {"insufficient_funds"}
    assert (holds(source), holds(target)) == ("0.00", "100.00")
    assert Transfer.objects.filter(source=source).count() == 10


@pytest.mark.parametrize("amount", ["10.00", "100.01"])
def test_one_key_from_twenty_clients_is_one_effect_and_the_same_bytes(amount: str) -> None:
    alice, bob = person(), person()
    source, target = wallet_of(alice, holding="100.00"), wallet_of(bob)
    clients = [client_of(alice) for _ in range(20)]

    answers = at_once(20, lambda n: send(clients[n], source, target, amount, key="one"))

    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    first = [answer for answer in answers if "Idempotent-Replayed" not in answer.headers]
    assert len(first) == 1
    assert Transfer.objects.filter(source=source).count() == (amount == "10.00")


def test_opposing_transfers_meet_no_deadlock_and_keep_the_sum() -> None:
    people = [person() for _ in range(3)]
    wallets = [wallet_of(owner, holding="1000.00") for owner in people]
    clients = [[client_of(owner) for owner in people] for _ in range(16)]
    ids = [wallet.account_id for wallet in wallets]
    end = time.monotonic() + SOAK_SECONDS
    dice = [random.Random(seed) for seed in range(16)]  # noqa: S311 -- a test's own dice
    sums: list[int] = []

    def trade(number: int) -> Counter[int]:
        seen: Counter[int] = Counter()
        while time.monotonic() < end:
            if number == 0:
                rows = LedgerAccount.objects.filter(pk__in=ids)
                sums.append(sum(rows.values_list("balance_minor", flat=True)))
                continue
            source, target = dice[number].sample(range(3), 2)
            amount = f"{dice[number].randint(1, 40000) / 100:.2f}"
            answer = send(clients[number][source], wallets[source], wallets[target], amount)
            seen[answer.status_code] += 1
        return seen

    total = sum(at_once(16, trade), Counter[int]())

    assert set(total) <= {201, 422}, total
    assert total[201] > 50
    assert set(sums) == {300000}


def test_two_first_wallets_of_one_kind_become_one() -> None:
    alice = person()
    clients = [client_of(alice) for _ in range(8)]
    body = {"currency": "NGN", "kind": "current"}

    answers = at_once(8, lambda n: clients[n].post("/api/v1/wallets", body, format="json"))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert Wallet.objects.filter(owner=alice).count() == 1


def test_money_from_outside_is_received_once_however_many_bring_it() -> None:
    wallet = wallet_of(person())
    before = chart_balance(chart.opening("NGN"))
    incoming = Incoming(
        amount=Money.of("5.00", "NGN"),
        source=chart.opening("NGN"),
        reference=f"RACE_{wallet.number}",
        kind="deposit",
        occurred_at=timezone.now(),
    )

    def bring(_number: int) -> bool:
        with transaction.atomic():
            return receive(wallet=wallet, incoming=incoming).replayed

    replayed = at_once(12, bring)

    assert Counter(replayed) == {False: 1, True: 11}
    assert holds(wallet) == "5.00"
    assert before - chart_balance(chart.opening("NGN")) >= 500
