"""Certificates: what they hold, when they end, and what comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.models import JournalEntry
from offline.messages import Certificate as CertificateMessage
from offline.messages import read
from offline.models import Certificate, Device, Voucher
from offline.operations import reclaim_certificate, reclaim_due
from offline.queries import issuer_public_key
from offline.tests.books import in_hold, prove
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

URL = f"{API}/offline/certificates"


@pytest.fixture
def alice() -> Phone:
    return Phone(holding="3000.00")


def past_deadline(phone: Phone) -> Certificate:
    """Reclaim what is left, at an instant when the deadline has passed."""
    certificate = Certificate.objects.get(jti=phone.certificate.certificate_id)
    later = certificate.submit_until + timedelta(seconds=1)
    return reclaim_certificate(jti=certificate.jti, now=later)


def test_certificate_holds_the_money_that_it_may_spend(alice: Phone) -> None:
    answer = alice.ask_certificate("1500.00")

    assert answer.status_code == 201
    document = answer.json()
    message = read(CertificateMessage, document["certificate"])
    key = issuer_public_key(message.kid)
    assert key
    body = message.verify(key)
    assert (body.device, body.wallet) == (alice.did, alice.wallet.number)
    assert (body.limits.voucher_minor, body.limits.cumulative_minor) == (20_000, 150_000)
    assert (body.limits.count, body.expires_at - body.not_before) == (20, 72 * 3600 + 900)
    assert body.submit_until - body.expires_at == 7 * 86_400
    assert (document["held"], document["status"]) == ("1500.00", "issued")
    assert holds(alice.wallet) == "1500.00"
    assert in_hold(Certificate.objects.get()) == 150_000
    balance = alice.client.get(f"{API}/offline/wallets/{alice.wallet.number}").json()
    assert (balance["available"], balance["held"]) == ("1500.00", "1500.00")
    assert balance["held_until"] == document["submit_until"]
    prove()


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        ("2000.01", 422, "limit_exceeded"),
        ("-1.00", 400, "validation_error"),
        ("1.001", 400, "validation_error"),
        ("1e2", 400, "validation_error"),
    ],
)
def test_amount_beyond_the_rules_is_refused(
    alice: Phone, amount: str, status: int, code: str
) -> None:
    answer = alice.ask_certificate(amount)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert holds(alice.wallet) == "3000.00"
    assert not Certificate.objects.exists()


def test_more_than_there_is_is_refused() -> None:
    poor = Phone(holding="10.00")

    answer = poor.ask_certificate("10.01")

    assert (answer.status_code, answer.json()["code"]) == (422, "insufficient_funds")


def test_one_certificate_at_a_time_until_it_expires(alice: Phone) -> None:
    alice.load("100.00")
    answer = alice.ask_certificate("100.00")
    assert (answer.status_code, answer.json()["code"]) == (409, "certificate_active")

    Certificate.objects.update(status="expired")

    assert alice.ask_certificate("100.00").status_code == 201
    assert holds(alice.wallet) == "2800.00"


def test_a_days_certificates_hold_no_more_than_allowed(alice: Phone, settings: object) -> None:
    settings.OFFLINE_PRELOAD_PER_DAY = "150.00"  # type: ignore[attr-defined]
    alice.load("100.00")
    alice.close()

    assert alice.ask_certificate("50.01").json()["code"] == "limit_exceeded"
    assert alice.ask_certificate("50.00").status_code == 201


def test_revoked_device_gets_none(alice: Phone) -> None:
    alice.client.delete(f"{API}/offline/devices/{alice.did}")

    assert alice.ask_certificate("1.00").json()["code"] == "device_not_active"


def test_others_see_and_use_nothing(alice: Phone) -> None:
    alice.load("100.00")
    charlie = Phone(holding="100.00")

    jti = alice.certificate.certificate_id
    assert charlie.client.get(f"{URL}/{jti}").status_code == 404
    assert charlie.close(alice.closing()).status_code == 404
    charlie.did = alice.did
    assert charlie.ask_certificate("1.00").status_code == 404


def test_one_key_is_one_certificate(alice: Phone) -> None:
    answers = [alice.ask_certificate("100.00", key="once") for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Certificate.objects.count() == 1


def test_closed_certificate_keeps_its_money_and_lets_another_follow(alice: Phone) -> None:
    bob = Phone()
    alice.load("100.00")
    paid = alice.pay(bob, 3_000)

    first, again = alice.close(), alice.close()

    assert first.status_code == again.status_code == 200
    assert (first.json()["status"], first.json()["held"]) == ("closed", "100.00")
    assert bob.sync_one(paid)["status"] == "settled"
    alice.load("50.00")
    assert holds(alice.wallet) == "2850.00"
    prove()


def test_voucher_beyond_the_closing_statement_is_proof_of_fraud(alice: Phone) -> None:
    bob = Phone()
    alice.load("100.00")
    alice.close()

    result = bob.sync_one(alice.pay(bob, 3_000))

    assert (result["status"], result["code"]) == ("settled", "counter_conflict")
    assert Device.objects.get(did=alice.did).status == "revoked"
    prove()


def test_closing_that_forgets_what_we_know_is_proof_of_fraud(alice: Phone) -> None:
    bob = Phone()
    alice.load("100.00")
    bob.sync_one(alice.pay(bob, 3_000))

    assert alice.close(alice.closing(counter=0, cumulative_minor=0)).status_code == 200

    assert Device.objects.get(did=alice.did).status == "revoked"
    prove()


@pytest.mark.parametrize("changes", [{"counter": 21}, {"cumulative_minor": 10_001}])
def test_closing_beyond_the_certificate_is_refused(
    alice: Phone, changes: dict[str, object]
) -> None:
    alice.load("100.00")

    answer = alice.close(alice.closing(**changes))

    assert (answer.status_code, answer.json()["code"]) == (422, "closing_not_valid")
    assert Certificate.objects.get().status == "issued"


def test_nothing_comes_back_before_the_deadline(alice: Phone) -> None:
    alice.load("100.00")
    deadline = Certificate.objects.get().submit_until

    assert reclaim_due(now=deadline) == (0, 0)

    assert holds(alice.wallet) == "2900.00"


def test_what_is_left_comes_back_after_the_deadline_once(alice: Phone) -> None:
    bob = Phone()
    alice.load("100.00")
    settled, pending = alice.pay(bob, 3_000), alice.pay(bob, 2_000)
    bob.sync_one(settled)
    alice.sync_one(pending)
    later = Certificate.objects.get().submit_until + timedelta(seconds=1)

    assert reclaim_due(now=later) == (1, 0)
    assert reclaim_due(now=later) == (0, 0)

    assert (holds(alice.wallet), holds(bob.wallet)) == ("2970.00", "30.00")
    assert Voucher.objects.get(vid=pending.vid).status == "voided"
    result = bob.sync_one(pending)
    assert (result["status"], result["code"], result["duplicate"]) == ("voided", "voided", True)
    url = f"{API}/offline-transactions/{result['transaction_id']}/confirm"
    assert bob.client.post(url).status_code == 409
    assert JournalEntry.objects.filter(kind="offline_unload").count() == 1
    prove()


def test_voucher_after_the_deadline_is_late(alice: Phone) -> None:
    bob = Phone()
    alice.load("100.00")
    voucher = alice.pay(bob, 3_000)
    past_deadline(alice)

    result = bob.sync_one(voucher)

    assert (result["status"], result["code"]) == ("rejected", "late")
    assert holds(alice.wallet) == "3000.00"
    prove()
