"""A batch of offline vouchers while web, worker or PostgreSQL is killed: sent again, paid once."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.chaos.server import Server
from offline.messages import Jws
from offline.tests.scale import FULL, tries

pytestmark = pytest.mark.skipif(not FULL, reason="takes minutes: PURSER_ATTACKS=full")

_PROGRAMS = ("web", "worker", "postgres")
_PATIENCE = 60.0
_MAKE_BATCH = """
import json
from django.test.utils import setup_test_environment
setup_test_environment()
from accounts.tests.factories import pair_of
from benchmarks.offline import items
shop, batch = items()
print(json.dumps({"token": pair_of(shop.owner).access_token, "items": batch}))
"""
_SETTLED = """
    SELECT v.vid, v.settlement, count(e.id) FROM offline_voucher v
    LEFT JOIN ledger_journalentry e
           ON e.reference = 'OFV_' || replace(v.transaction_id::text, '-', '')
     WHERE v.vid = ANY(%s) GROUP BY v.vid, v.settlement"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    var: Path = tmp_path_factory.mktemp("killed")
    # Where PostgreSQL runs as somebody else, that one must get in.
    for folder in (var, *var.parents[:2]):
        folder.chmod(0o755)
    server = Server(var)
    with server.running():
        yield server


@pytest.mark.parametrize("program", _PROGRAMS)
@pytest.mark.parametrize("turn", range(tries(20, usually=0)))
def test_batch_in_the_middle_of_a_kill_is_paid_once(
    server: Server, program: str, turn: int
) -> None:
    batch = make_batch(server)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, server, batch)
        wait_for(server, 1 + 4 * turn, vids := list(batch["vids"]))
        server.strike(program, child=program == "web" and bool(turn % 2))
        first.result()
    before = settled(server, vids)

    results = send_until_final(server, batch)

    assert [result["status"] for result in results] == ["settled"] * 100
    told = {result["vid"]: result["receipt"] for result in results}
    assert told.items() >= {vid: receipt for vid, (receipt, _) in before.items()}.items()
    after = settled(server, vids)
    assert after == {vid: (receipt, 1) for vid, receipt in told.items()}
    again = send_until_final(server, batch)
    assert again == [result | {"duplicate": True} for result in results]


def test_books_and_messages_are_whole_after_all_this(server: Server) -> None:
    for command in ("ledger_verify", "verify_offline"):
        ran = server.manage(command)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def make_batch(server: Server) -> dict[str, Any]:
    """A shop's token, and a hundred vouchers for it that nobody has brought yet."""
    deadline = time.monotonic() + _PATIENCE
    while (ran := server.manage("shell", "--no-imports", "-c", _MAKE_BATCH)).returncode:
        # The last kill may still be felt.
        assert time.monotonic() < deadline, ran.stderr
    made: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    made["vids"] = [Jws.read(item["voucher"]).vid for item in made["items"]]
    return made


def send(server: Server, batch: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Hand the batch in once; None when no answer, or no answer of ours, arrives."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
    headers = {"Authorization": f"Bearer {batch['token']}", "Content-Type": "application/json"}
    body = json.dumps({"items": batch["items"]})
    try:
        connection.request("POST", "/api/v1/offline-transactions/sync", body, headers)
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if answer.status != 200:
        assert answer.status >= 500, said
        return None
    results: list[dict[str, Any]] = json.loads(said)["results"]
    return results


def send_until_final(server: Server, batch: dict[str, Any]) -> list[dict[str, Any]]:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        results = send(server, batch)
        if results and all(result["status"] != "retry" for result in results):
            return results
        time.sleep(0.2)
    pytest.fail("the batch gets no final answer")


def settled(server: Server, vids: list[str]) -> dict[str, tuple[str, int]]:
    """The settlement of each voucher that is stored, and how many entries paid it."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with psycopg.connect(server.database_url()) as connection:
                rows = connection.execute(_SETTLED, [vids]).fetchall()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL does not come back"
            time.sleep(0.1)
            continue
        return {vid: (settlement, count) for vid, settlement, count in rows}


def wait_for(server: Server, number: int, vids: list[str]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while len(settled(server, vids)) < number:
        assert time.monotonic() < deadline, "the batch is not begun"
