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
def locked(wallet: Wallet) -> Iterator[psycopg.Connection[Any]]:
    """Hold the wallet's account from a connection of our own, as its owner may."""
    parameters = connection.get_connection_params()
    options = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**options) as other:
        other.execute("SET ROLE purser_owner")
        other.execute(
            "SELECT 1 FROM ledger_ledgeraccount WHERE id = %s FOR UPDATE", [wallet.account_id]
        )
        yield other


def end(officer: psycopg.Connection[Any], how: str) -> None:
    """End the one session that waits for a lock, or what it is doing."""
    waiting = (
        f"SELECT {how}(pid) FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted) l"
        " JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database()"
    )
    while not officer.execute(waiting).fetchall():
        assert not officer.closed


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


def crowd(
    pool: ThreadPoolExecutor,
    source: Wallet,
    target: Wallet,
    *,
    last: Wallet | None = None,
    keys: int = 10,
) -> list[Future[Any]]:
    """Ten transfers of 1.00, the first of which stands in the database and the rest behind it.

    The last comes from `last`; the keys are so many.
    """
    sources = [source] * 9 + [last or source]
    clients = [client_of(wallet.owner) for wallet in sources]
    first = pool.submit(send, clients[0], source, target, "1.00", "k0")
    while not lock_waiters():
        assert not first.done()
    rest = [
        pool.submit(send, clients[number], sources[number], target, "1.00", f"k{number % keys}")
        for number in range(1, 10)
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


def test_one_key_many_times_in_one_crowd_is_one_transfer() -> None:
    source, target = wallet_of(person(), holding="6.00"), wallet_of(person())
    with ThreadPoolExecutor(10) as pool:
        with locked(target):
            answers = crowd(pool, source, target, keys=2)
        results = [answer.result(30) for answer in answers]

    assert {result.status_code for result in results} == {201}
    assert len({result.content for result in results}) == 2
    assert holds(target) == "2.00"


def test_when_the_database_undoes_a_call_each_is_tried_alone() -> None:
    # Opened first, it is locked first: who waits for it stands in nobody's way.
    other, source, target = (wallet_of(person(), holding=sum_) for sum_ in ("1.00", "9.00", "0"))
    with ThreadPoolExecutor(10) as pool:
        with locked(other) as officer:
            with locked(target):
                answers = crowd(pool, source, target, last=other)
            end(officer, "pg_cancel_backend")
            done = [answer.result(30).status_code for answer in answers[:-1]]
            assert not answers[-1].done()
        done.append(answers[-1].result(30).status_code)

    assert done == [201] * 10
    assert (holds(source), holds(target), holds(other)) == ("0.00", "10.00", "0.00")


def test_when_the_connection_breaks_nobody_guesses() -> None:
    # Opened first, it is locked first: who waits for it stands in nobody's way.
    other, source, target = (wallet_of(person(), holding=sum_) for sum_ in ("1.00", "9.00", "0"))
    with ThreadPoolExecutor(10) as pool, locked(other) as officer:
        with locked(target):
            answers = crowd(pool, source, target, last=other)
        end(officer, "pg_terminate_backend")
        first, *rest = [answer.result(30) for answer in answers]

    assert first.status_code == 201
    assert {answer.status_code for answer in rest} == {503}
    assert all(answer.headers["Retry-After"] for answer in rest)
    # Who led saw the connection break.
    assert sorted(answer.json()["code"] for answer in rest) == [
        *["outcome_unknown"] * 8,
        "service_unavailable",
    ]
    assert (holds(source), holds(target), holds(other)) == ("8.00", "1.00", "1.00")
    for number in range(10):
        payer = other if number == 9 else source
        answer = send(client_of(payer.owner), payer, target, "1.00", f"k{number}")
        assert answer.status_code == 201
    assert (holds(source), holds(target), holds(other)) == ("0.00", "10.00", "0.00")


def test_who_finds_too_many_waiting_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_gatherer, "_room", 9)
    source, target = wallet_of(person(), holding="10.00"), wallet_of(person())
    client = client_of(source.owner)
    with ThreadPoolExecutor(10) as pool:
        with locked(target):
            answers = crowd(pool, source, target)
            refused = send(client, source, target, "1.00", "more")
        assert {answer.result(30).status_code for answer in answers} == {201}

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.headers["Retry-After"]
    assert holds(target) == "10.00"
    # It was not carried out, so its key is free.
    assert send(client, source, target, "1.00", "more").status_code == 422


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
