"""Transfers that arrive while another is being made, over HTTP and in the real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection, connections
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from ledger.models import JournalEntry
from wallets.models import Wallet
from wallets.operations.gather_transfer import _gatherer
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Wait for locks longer than usual: a crowd may take a while to gather."""
    options = connections.settings["default"]["OPTIONS"]
    usual = options["options"]
    options["options"] = f"{usual} -c lock_timeout=60s"
    connection.close()
    yield
    options["options"] = usual


@contextmanager
def locked(wallet: Wallet) -> Iterator[None]:
    """Hold the wallet's account from a connection of our own, as its owner may."""
    parameters = connection.get_connection_params()
    options = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**options) as other:
        other.execute("SET ROLE purser_owner")
        other.execute(
            "SELECT 1 FROM ledger_ledgeraccount WHERE id = %s FOR UPDATE", [wallet.account_id]
        )
        yield


def lock_waiters() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def send(client: APIClient, source: Wallet, target: Wallet, amount: str, key: str) -> Any:
    body = {"source": source.number, "destination": target.number, "amount": amount}
    try:
        return client.post(
            "/api/v1/transfers", body, format="json", headers={"Idempotency-Key": key}
        )
    finally:
        connection.close()


def crowd(pool: ThreadPoolExecutor, source: Wallet, target: Wallet) -> list[Future[Any]]:
    """Ten transfers of 1.00, the first of which stands in the database and the rest behind it."""
    clients = [client_of(source.owner) for _ in range(10)]
    first = pool.submit(send, clients[0], source, target, "1.00", "k0")
    while not lock_waiters():
        assert not first.done()
    rest = [
        pool.submit(send, client, source, target, "1.00", f"k{number}")
        for number, client in enumerate(clients[1:], start=1)
    ]
    while _gatherer.waiting() < 9:
        assert not any(future.done() for future in rest)
    return [first, *rest]


def test_those_behind_one_go_together() -> None:
    source, target = wallet_of(person(), holding="6.00"), wallet_of(person())
    with ThreadPoolExecutor(10) as pool:
        with locked(target):
            answers = crowd(pool, source, target)
        statuses = sorted(answer.result(30).status_code for answer in answers)

    assert statuses == [201] * 6 + [422] * 4
    assert (holds(source), holds(target)) == ("0.00", "6.00")
    made = JournalEntry.objects.filter(kind="transfer", transfer__source=source)
    assert made.count() == 6
    # Entries of one call have one time.
    assert len(set(made.values_list("recorded_at", flat=True))) == 2


def test_each_key_has_its_own_answer_for_ever() -> None:
    source, target = wallet_of(person(), holding="6.00"), wallet_of(person())
    with ThreadPoolExecutor(10) as pool:
        with locked(target):
            answers = crowd(pool, source, target)
        first = [answer.result(30).content for answer in answers]

    client = client_of(source.owner)
    again = [send(client, source, target, "1.00", f"k{number}") for number in range(10)]

    assert [answer.content for answer in again] == first
    assert all(answer.headers["Idempotent-Replayed"] == "true" for answer in again)
    assert (holds(source), holds(target)) == ("0.00", "6.00")


def test_without_the_setting_each_goes_alone(settings: LazySettings) -> None:
    settings.GATHER_TRANSFERS = False
    source, target = wallet_of(person(), holding="6.00"), wallet_of(person())
    clients = [client_of(source.owner) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        with locked(target):
            answers = [
                pool.submit(send, client, source, target, "1.00", f"k{number}")
                for number, client in enumerate(clients)
            ]
            # All six stand in the database, none behind another in the process.
            while lock_waiters() < 6:
                assert not any(answer.done() for answer in answers)
        assert {answer.result(30).status_code for answer in answers} == {201}

    assert holds(target) == "6.00"
