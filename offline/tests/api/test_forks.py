"""Devices that cheat: what is proved, who is paid, and what stops."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from events.models import Event
from ledger.models import LedgerAccount
from offline.messages import issuer_keys, prove_fork
from offline.models import Case, Certificate, Device, ForkProof, Voucher
from offline.tests.books import in_hold, prove
from offline.tests.copied import alice_current, copied, fund
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db


def test_first_brought_is_paid_from_the_hold_and_the_second_by_the_payer() -> None:
    case = copied(current="100.00")

    first, second = case.settle(0), case.settle(1)

    assert (first["status"], first["code"]) == ("settled", None)
    assert (second["status"], second["code"]) == ("settled", "counter_conflict")
    assert [holds(shop.wallet) for shop in case.shops] == ["50.00", "50.00", "0.00"]
    paid = Voucher.objects.get(transaction_id=second["transaction_id"])
    assert (paid.from_hold_minor, paid.from_current_minor) == (1_000, 4_000)
    prove()


def test_cheat_is_blocked_listed_and_their_money_stays() -> None:
    case = copied(current="100.00")
    alice, current = case.alice, alice_current(case)
    case.settle(0)
    case.settle(1)

    assert Device.objects.get(did=alice.did).revoked_reason == "double_spend"
    assert Certificate.objects.get().status == "revoked"
    assert Case.objects.get().is_open
    assert Event.objects.filter(type="offline.case_opened", owner_id=alice.owner.id).exists()
    blocked = LedgerAccount.objects.filter(debits_blocked=True).values_list("id", flat=True)
    assert set(blocked) == {current.account_id, alice.wallet.account_id}
    body = {"source": current.number, "destination": case.shops[0].wallet.number, "amount": "1"}
    answer = alice.client.post(f"{API}/transfers", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_not_active")
    assert alice.ask_certificate("0.00").json()["code"] == "device_not_active"


def test_proof_convinces_whoever_has_the_issuers_keys() -> None:
    case = copied(current="100.00")
    case.settle(0)
    case.settle(1)

    proof = ForkProof.objects.select_related("first__certificate", "second").get()
    jwks = case.alice.client.get("/.well-known/ofp-issuer-keys").json()
    (key,) = issuer_keys(jwks).values()

    assert prove_fork(**proof.document(), issuer=key).body.device == case.alice.did
    assert proof.kind == "same_ctr"


@pytest.mark.parametrize("recourse", [True, False])
@pytest.mark.parametrize("funded", ["0", "30.00", "1000.00"])
def test_pockets_pay_in_their_order_and_only_whole(
    settings: Any,
    recourse: bool,  # noqa: FBT001 -- parametrized by name
    funded: str,
) -> None:
    settings.OFFLINE_RECOURSE, settings.OFFLINE_GUARANTEE_CAP = recourse, "60.00"
    case = copied(current="15.00", offline="65.00")
    if funded != "0":
        fund(funded)

    results = [case.settle(number)["status"] for number in range(3)]

    # Pockets after the hold: 5.00 offline, 15.00 current, then the reserve up to 60.00.
    lacking = 4_000 - (2_000 if recourse else 0)
    covered = lacking <= min(6_000, int(float(funded) * 100))
    third = covered and reserve_can_pay_again(lacking, funded)
    assert results == ["settled", outcome(is_paid=covered), outcome(is_paid=third)]
    prove()


def outcome(*, is_paid: bool) -> str:
    return "settled" if is_paid else "disputed"


def reserve_can_pay_again(used: int, funded: str) -> bool:
    return used + 5_000 <= min(6_000, int(float(funded) * 100))


def test_uncovered_payee_bears_it_and_sees_why() -> None:
    case = copied()
    case.settle(0)

    result = case.settle(1)

    assert (result["status"], result["code"], result["receipt"]) == ("disputed", "uncovered", None)
    assert case.settle(1)["status"] == "disputed"
    assert in_hold(Certificate.objects.get()) == 1_000
    assert holds(case.shops[1].wallet) == "0.00"
    prove()


@pytest.mark.parametrize("forks", [2, 3, 4])
def test_any_order_of_forks_pays_no_more_than_there_is(forks: int) -> None:
    for order in list(permutations(range(forks)))[:6]:
        case = copied(current="40.00", shops=forks)
        results = [case.settle(number) for number in order]

        assert [result["status"] for result in results[:2]] == ["settled", "settled"]
        assert {result["status"] for result in results[2:]} <= {"disputed"}
        assert Case.objects.filter(certificate_id=case.alice.certificate.certificate_id).exists()
    prove()


def test_rollback_of_a_device_is_a_fork_however_long_its_history() -> None:
    alice, shop, other = Phone(holding="60.00").load("60.00"), Phone(), Phone()
    for _ in range(3):
        shop.sync_one(alice.pay(shop, 1_000))
    snapshot = (alice.counter, alice.spent, alice.head)
    shop.sync_one(alice.pay(shop, 1_500))
    alice.counter, alice.spent, alice.head = snapshot

    result = other.sync_one(alice.pay(other, 1_500))

    assert (result["status"], result["code"]) == ("settled", "counter_conflict")
    assert Case.objects.count() == 1
    prove()


def test_pending_fork_opens_the_case_and_moves_nothing() -> None:
    case = copied(current="100.00")
    case.alice.sync_one(case.pay(0))

    result = case.alice.sync_one(case.pay(1))

    assert (result["status"], result["code"]) == ("pending_confirmation", "counter_conflict")
    assert Case.objects.count() == 1
    assert holds(alice_current(case)) == "100.00"
    prove()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cumulative_minor": 3_000}, "chain_inconsistent"),  # forgets the first
        ({"cumulative_minor": 5_500}, "chain_inconsistent"),  # makes one up
        ({"previous": "A" * 43}, "chain_inconsistent"),
    ],
)
def test_lie_about_the_chain_is_a_case(changes: dict[str, Any], code: str) -> None:
    alice, shop = Phone(holding="60.00").load("60.00"), Phone()
    shop.sync_one(alice.pay(shop, 2_000))

    result = shop.sync_one(alice.pay(shop, 3_000, **changes))

    assert (result["status"], result["code"]) == ("settled", code)
    assert Case.objects.count() == 1
    prove()


@pytest.mark.parametrize("changes", [{"cumulative_minor": 5_500}, {"previous": "A" * 43}])
def test_lie_about_the_beginning_is_a_case(changes: dict[str, Any]) -> None:
    alice, shop = Phone(holding="60.00").load("60.00"), Phone()

    result = shop.sync_one(alice.pay(shop, 2_000, **changes))

    assert (result["status"], result["code"]) == ("settled", "chain_inconsistent")
    assert ForkProof.objects.get().second is None
    prove()


def test_gap_is_no_case() -> None:
    alice, shop = Phone(holding="60.00").load("60.00"), Phone()
    alice.pay(shop, 1_000)

    assert shop.sync_one(alice.pay(shop, 2_000))["code"] is None
    assert not Case.objects.exists()


def test_payment_accepted_a_day_after_the_revocation_is_refused() -> None:
    alice, shop = Phone(holding="60.00").load("60.00"), Phone()
    now = int(timezone.now().timestamp())
    early, late, kept = (
        alice.pay(shop, 1_000),
        alice.pay(shop, 1_000, issued_at=now + 26 * 3600),
        alice.pay(shop, 1_000),
    )
    alice.client.delete(f"{API}/offline/devices/{alice.did}")

    assert shop.sync_one(early)["status"] == "settled"
    assert shop.sync_one(late)["code"] == "future_dated"
    receipt = shop.receipt(kept, issued_at=now + 25 * 3600).text
    assert shop.sync_one(kept, receipt=receipt)["code"] == "revoked_before_acceptance"
    assert shop.sync_one(kept)["status"] == "settled"
    prove()
