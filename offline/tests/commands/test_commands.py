"""Commands: a preview changes nothing, `--apply` does it, and faults are named."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ledger import chart
from ledger.queries import chart_balance
from offline.messages import PrivateKey, Request, read, sign
from offline.models import Certificate, Device, IssuerKey, Voucher
from offline.operations import verify_messages
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_every_stored_message_verifies() -> None:
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    bob.sync_one(alice.pay(bob, 1_000))
    alice.client.get(f"{API}/offline/revocations")

    document = json.loads(run("verify_offline", "--json"))

    assert document["ok"] is True
    assert document["checked"] == {
        "device": 2,
        "certificate": 1,
        "voucher": 1,
        "proof": 0,
        "list": 1,
    }
    assert "Every message verifies" in run("verify_offline")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE offline_voucher SET counter = counter + 1",
        "UPDATE offline_voucher SET text = replace(text, 'eyJhbGciOi', 'eyJhbGciOj')",
        "UPDATE offline_certificate SET voucher_minor = voucher_minor + 1",
        "UPDATE offline_certificate SET submit_until = submit_until + interval '1 day'",
    ],
)
def test_change_behind_our_back_is_named(sql: str) -> None:
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    bob.sync_one(alice.pay(bob, 1_000))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")
        for table in ("offline_voucher", "offline_certificate"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("SET ROLE purser_app")

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_offline", stdout=out)

    assert ended.value.code == 1
    assert "BROKEN" in out.getvalue()


def asked_and_paid() -> Phone:
    """A shop whose request is stored with the voucher that answers it."""
    alice, shop = Phone(holding="100.00").load("100.00"), Phone()
    request = shop.request(1_000)
    voucher = alice.pay(shop, 1_000, request_id=request.body.request_id, request_vid=request.vid)
    item = {"ref": "1", "voucher": voucher.text, "request": request.text}
    assert shop.sync(item)[0]["status"] == "settled"
    return shop


@pytest.mark.parametrize("kind", ["honest", "of another payment", "by another key", "altered"])
def test_stored_request_is_verified_anew(kind: str) -> None:
    shop = asked_and_paid()
    stored = Voucher.objects.get().request
    texts = {
        "honest": stored,
        "of another payment": shop.request(1_000).text,
        "by another key": sign(read(Request, stored).body, PrivateKey.generate()).text,
        "altered": stored[:-6] + ("AAAAAA" if stored[-6:] != "AAAAAA" else "BBBBBA"),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")
        cursor.execute("ALTER TABLE offline_voucher DISABLE TRIGGER USER")
        cursor.execute("UPDATE offline_voucher SET request = %s", [texts[kind]])
        cursor.execute("SET ROLE purser_app")

    faults = list(verify_messages())

    assert [fault.what for fault in faults] == ([] if kind == "honest" else ["voucher"])


def test_device_is_revoked_with_apply_only() -> None:
    alice = Phone(holding="100.00").load("100.00")

    assert "Nothing was changed" in run("revoke_device", alice.did)
    assert Device.objects.get().is_active
    assert "Revoked" in run("revoke_device", alice.did, "--reason", "reported stolen", "--apply")
    assert Device.objects.get().revoked_reason == "reported stolen"
    assert "was revoked" in run("revoke_device", alice.did, "--apply")
    with pytest.raises(CommandError):
        run("revoke_device", "A" * 22)


def test_certificates_past_their_deadline_are_reclaimed_with_apply_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = Phone(holding="100.00").load("60.00")
    later = Certificate.objects.get().submit_until + timedelta(seconds=1)
    assert "0 are due" in run("reclaim_certificates")

    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert "60.00 NGN\n1 are due" in run("reclaim_certificates")
    assert holds(alice.wallet) == "40.00"
    assert "1 reclaimed" in run("reclaim_certificates", "--apply")
    assert holds(alice.wallet) == "100.00"
    assert "0 reclaimed" in run("reclaim_certificates", "--apply")


def test_next_issuer_key_is_published_two_weeks_before_it_signs() -> None:
    before = IssuerKey.objects.get()

    assert "Nothing was changed" in run("rotate_issuer_key")
    run("rotate_issuer_key", "--apply")
    run("rotate_issuer_key", "--apply")

    after = IssuerKey.objects.exclude(kid=before.kid).get()
    assert timedelta(days=13) < after.used_from - timezone.now() < timedelta(days=15)
    phone = Phone().load("0.00")
    assert before.kid in kids(phone)
    assert after.kid in kids(phone)
    with pytest.raises(CommandError):
        run("rotate_issuer_key", "--notice-days", "-1", "--apply")


def kids(phone: Phone) -> list[Any]:
    document = phone.client.get("/.well-known/ofp-issuer-keys").json()
    return [key["kid"] for key in document["keys"]]


def test_reserve_is_funded_once_by_its_reference() -> None:
    words = ("fund_offline_reserve", "500.00", "NGN", "--reference", f"RSV_{uuid4().hex}")
    reserve = chart.offline_reserve("NGN")
    before = chart_balance(reserve)

    assert "Nothing was changed" in run(*words)
    assert chart_balance(reserve) == before
    run(*words, "--apply")
    run(*words, "--apply")
    assert chart_balance(reserve) == before + 50_000
    for wrong in (("0", "NGN"), ("-1", "NGN"), ("1.001", "NGN"), ("1", "XXY")):
        with pytest.raises(CommandError):
            run("fund_offline_reserve", *wrong, "--reference", "X", "--apply")
