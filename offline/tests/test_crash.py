"""A server that is killed in the middle of a batch: what it had settled stays, the rest follows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from accounts.tests.factories import pair_of
from ledger.models import JournalEntry
from offline.models import Voucher
from offline.tests.phones import Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.usefixtures("committed_db")

# One process of the web server, as far as one request needs it.
_SERVER = """
import json, os, sys, django
django.setup()
from django.db import connections
connections["default"].settings_dict["OPTIONS"]["options"] = "-c role=purser_app"
from rest_framework.test import APIClient
client = APIClient()
client.credentials(HTTP_AUTHORIZATION="Bearer " + sys.argv[1], HTTP_HOST="127.0.0.1")
answer = client.post("/api/v1/offline-transactions/sync", json.load(sys.stdin), format="json")
sys.stdout.write(answer.content.decode())
"""


def environment() -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    test = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {
        "DATABASE_OWNER_URL": test,
        "PURSER_DATABASE_ROLE": "owner",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def serve(token: str, body: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 -- this very Python
        [sys.executable, "-c", _SERVER, token],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        text=True,
    )
    assert process.stdin
    process.stdin.write(json.dumps(body))
    process.stdin.close()
    return process


def sessions() -> int:
    """Return how many sessions our database has: one that lost its client may still commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usesysid IS NOT NULL"
        )
        return int(cursor.fetchone()[0])


def batch() -> tuple[Phone, list[Any]]:
    """A shop, and a hundred vouchers for it by five payers."""
    shop = Phone()
    payers = [Phone(holding="100.00").load("100.00") for _ in range(5)]
    return shop, [payer.pay(shop, 100) for payer in payers for _ in range(20)]


# After how many settled vouchers the process is killed.
KILL_AFTER = (1, 40)


@pytest.mark.parametrize("kills", KILL_AFTER)
def test_batch_that_was_killed_is_sent_again_and_settles_once(kills: int) -> None:
    shop, vouchers = batch()
    token = pair_of(shop.owner).access_token
    items = [{"ref": str(n), "voucher": voucher.text} for n, voucher in enumerate(vouchers)]
    mine = Voucher.objects.filter(payee=shop.wallet)

    end = time.monotonic() + 60
    ours = sessions()
    with serve(token, {"items": items}) as process:
        while mine.count() < kills and time.monotonic() < end:
            assert process.poll() is None, "the batch ended before it could be killed"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    while sessions() > ours:
        assert time.monotonic() < end, "the killed server's session lives on"

    before = dict(mine.values_list("vid", "settlement"))
    assert kills <= len(before) < 100
    results = shop.post_sync({"items": items}).json()["results"]
    assert {result["status"] for result in results} == {"settled"}
    for result in results:
        assert result["duplicate"] is (result["vid"] in before)
        assert before.get(result["vid"], result["receipt"]) == result["receipt"]
    references = [voucher.reference for voucher in mine]
    assert JournalEntry.objects.filter(reference__in=references).count() == 100
    assert holds(shop.wallet) == "100.00"


def test_answer_that_was_lost_is_given_again() -> None:
    shop, vouchers = batch()
    token = pair_of(shop.owner).access_token
    items = [{"ref": str(n), "voucher": voucher.text} for n, voucher in enumerate(vouchers)]

    with serve(token, {"items": items}) as process:
        assert process.stdout
        first = process.stdout.read()
    assert process.returncode == 0
    began = time.monotonic()
    again = shop.post_sync({"items": items}).json()["results"]
    assert time.monotonic() - began < 10

    for one, other in zip(json.loads(first)["results"], again, strict=True):
        assert other == one | {"duplicate": True}
