"""Races with real threads and connections, against the views as devices call them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from ledger.models import JournalEntry
from offline.messages import PrivateKey, sign
from offline.models import Certificate, Device, ServerKey, Voucher
from offline.operations import reclaim_certificate
from offline.operations.accept_voucher import transaction_id
from offline.tests.books import in_hold
from offline.tests.phones import API, Phone, offline_wallet
from offline.tests.scale import tries
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


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


def hand_in(client: APIClient, *vouchers: Any) -> list[dict[str, Any]]:
    items = [{"ref": str(n), "voucher": voucher.text} for n, voucher in enumerate(vouchers)]
    answer = client.post(f"{API}/offline-transactions/sync", {"items": items}, format="json")
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def entries_of(voucher: Any) -> int:
    reference = f"OFV_{transaction_id(voucher.vid).hex}"
    return JournalEntry.objects.filter(reference=reference).count()


def certificate_of(phone: Phone) -> Certificate:
    return Certificate.objects.get(jti=phone.certificate.certificate_id)


@pytest.mark.parametrize("turn", range(tries(10, usually=1)))
def test_one_voucher_from_both_sides_at_once_is_one_posting_and_the_same_receipt(turn: int) -> None:
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    vouchers = [alice.pay(bob, 100 + n) for n in range(10)]
    clients = [client_of((alice if n % 4 == 0 else bob).owner) for n in range(20)]

    answers = at_once(20, lambda n: hand_in(clients[n], *vouchers))

    for number, voucher in enumerate(vouchers):
        final = [answer[number] for answer in answers if answer[number]["receipt"]]
        assert len({result["receipt"] for result in final}) == 1
        assert entries_of(voucher) == 1
        assert sum(not result["duplicate"] for result in final) == 1
    assert holds(bob.wallet) == "10.45"
    assert in_hold(certificate_of(alice)) == 10_000 - 1_045


@pytest.mark.parametrize("turn", range(tries(20, usually=1)))
def test_sync_and_confirm_at_once_settle_once(turn: int) -> None:
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    vouchers = [alice.pay(bob, 100) for _ in range(10)]
    hand_in(alice.client, *vouchers)
    clients = [client_of(bob.owner) for _ in range(6)]

    def settle(number: int) -> None:
        for voucher in vouchers:
            if number % 2:
                hand_in(clients[number], voucher)
                continue
            url = f"{API}/offline-transactions/{transaction_id(voucher.vid)}/confirm"
            assert clients[number].post(url).status_code == 200

    at_once(6, settle)

    assert [entries_of(voucher) for voucher in vouchers] == [1] * 10
    assert holds(bob.wallet) == "10.00"


def test_voucher_at_the_deadline_is_paid_or_late_and_never_both() -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(tries(200, usually=20)):
        alice, bob = Phone(holding="10.00").load("10.00"), Phone()
        voucher = alice.pay(bob, 300)
        jti = alice.certificate.certificate_id
        later = certificate_of(alice).submit_until + timedelta(seconds=1)

        def race(number: int) -> Any:
            if number:
                return hand_in(bob.client, voucher)[0]  # noqa: B023 -- run before the next
            with transaction.atomic():
                return reclaim_certificate(jti=jti, now=later)  # noqa: B023

        _, result = at_once(2, race)

        certificate = certificate_of(alice)
        paid = result["status"] == "settled"
        outcomes[result["code"] or result["status"]] += 1
        assert (holds(bob.wallet), holds(alice.wallet)) == (
            ("3.00", "7.00") if paid else ("0.00", "10.00")
        )
        assert (certificate.status, in_hold(certificate)) == ("reclaimed", 0)
    assert set(outcomes) <= {"settled", "late"}


@pytest.mark.parametrize("turn", range(tries(100, usually=2)))
def test_fifty_requests_for_one_balance_make_one_certificate(turn: int) -> None:
    alice = Phone(holding="100.00")
    clients = [client_of(alice.owner) for _ in range(50)]
    body = {"device": alice.did, "amount": "60.00", "currency": "NGN"}

    def ask(number: int) -> Any:
        return clients[number].post(f"{API}/offline/certificates", body, format="json")

    answers = at_once(50, ask)
    # On a busy machine the last in the queue are told to come again, and then the same.
    answers = [ask(n) if told.status_code == 503 else told for n, told in enumerate(answers)]

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    (certificate,) = Certificate.objects.filter(wallet=alice.wallet)
    assert (holds(alice.wallet), in_hold(certificate)) == ("40.00", 6_000)


def test_key_that_many_ask_for_at_once_is_one(settings: Any) -> None:
    settings.OFFLINE_SERVER_KEYGEN = True
    owner = person()
    wallet = offline_wallet(owner)
    modulus = PrivateKey.generate().public.members()["n"]
    ServerKey.objects.create(wallet=wallet, recipient=modulus)
    clients = [client_of(owner) for _ in range(6)]

    answers = at_once(6, lambda n: clients[n].get(f"{API}/wallets/{wallet.number}/private-key"))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_one_device_is_enrolled_however_many_try() -> None:
    phone = Phone()
    phone.client.delete(f"{API}/offline/devices/{phone.did}")
    bodies = []
    for _ in range(8):
        key = PrivateKey.generate()
        proof = sign(phone.possession(key=key.public), key).text
        bodies.append({"wallet_id": phone.wallet.number, "proof": proof})
    clients = [client_of(phone.owner) for _ in bodies]

    answers = at_once(
        8, lambda n: clients[n].post(f"{API}/offline/devices", bodies[n], format="json")
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert Device.objects.filter(wallet=phone.wallet, status="active").count() == 1


def test_forks_brought_at_once_pay_no_more_than_there_is() -> None:
    alice = Phone(holding="60.00").load("60.00")
    current = wallet_of(alice.owner, holding="45.00")
    shops = [Phone() for _ in range(6)]
    vouchers = [alice.sign(alice.draft(shop, 5_000)) for shop in shops]

    results = at_once(6, lambda n: hand_in(shops[n].client, vouchers[n])[0])

    while any(result["code"] == "internal_retry" for result in results):
        results = [hand_in(shop.client, v)[0] for shop, v in zip(shops, vouchers, strict=True)]
    assert Counter(result["status"] for result in results) == {"settled": 2, "disputed": 4}
    left = int(holds(current).replace(".", "")) + in_hold(certificate_of(alice))
    assert left == 6_000 + 4_500 - 2 * 5_000
    assert Voucher.objects.filter(certificate=certificate_of(alice), code="uncovered").count() == 4
    assert not Device.objects.get(did=alice.did).is_active
