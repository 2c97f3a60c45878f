"""What a device or a shop may try again and again: no try is another than the first."""

from __future__ import annotations

import random
import time
from itertools import permutations
from typing import Any

import pytest

from offline.messages import base64url
from offline.models import Case, Certificate, Voucher
from offline.tests.books import in_hold, prove
from offline.tests.copied import alice_current, copied, fund
from offline.tests.phones import API, Phone
from offline.tests.scale import tries
from offline.tests.undone import undone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

VERIFY = f"{API}/offline-transactions/verify-receipt"


@pytest.fixture
def alice() -> Phone:
    return Phone(holding="3000.00").load("1000.00")


@pytest.fixture
def bob() -> Phone:
    return Phone()


def test_hundred_new_signatures_over_one_payload_are_one_payment(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)
    first = bob.sync_one(voucher)

    again = bob.sync(*(alice.sign(voucher.body) for _ in range(100)))

    assert {tuple((result | {"ref": ""}).items()) for result in again} == {
        tuple((first | {"ref": "", "duplicate": True}).items())
    }
    assert holds(bob.wallet) == "50.00"
    assert not Case.objects.exists()


def test_fifty_vouchers_of_others_are_nobodys(alice: Phone, bob: Phone) -> None:
    vouchers = [alice.sign(alice.draft(bob, 1_000 + n)) for n in range(50)]

    results = Phone().sync(*vouchers)

    assert {(result["status"], result["code"]) for result in results} == {("rejected", "not_party")}
    assert not Voucher.objects.exists()


def test_answers_that_were_lost_are_given_again(bob: Phone) -> None:
    """Batches of a hundred whose answers never arrived."""
    batches = tries(2, usually=1)
    for _ in range(batches):
        payers = [Phone(holding="100.00").load("100.00") for _ in range(5)]
        vouchers = [payer.pay(bob, 100) for payer in payers for _ in range(20)]
        first, again = bob.sync(*vouchers), bob.sync(*vouchers)

        assert {result["status"] for result in first} == {"settled"}
        assert again == [result | {"duplicate": True} for result in first]
    assert holds(bob.wallet) == f"{batches}00.00"
    prove()


@pytest.mark.parametrize(("recourse", "funded"), [(True, "0"), (False, "30.00"), (True, "1000.00")])
def test_copies_pay_no_more_than_there_is(
    settings: Any,
    recourse: bool,  # noqa: FBT001 -- parametrized by name
    funded: str,
) -> None:
    settings.OFFLINE_RECOURSE, settings.OFFLINE_GUARANTEE_CAP = recourse, "60.00"
    for order in orders_of_copies(tries(67, usually=6)):
        with undone():
            case = copied(current="45.00", shops=max(order) + 1)
            if funded != "0":
                fund(funded)
            results = [case.settle(number) for number in order]

            paid = sum(result["status"] == "settled" for result in results)
            pockets = 6_000 + (4_500 if recourse else 0) + min(6_000, int(float(funded) * 100))
            assert paid == min(len(order), pockets // 5_000)
            assert results[0]["code"] is None
            assert {r["code"] for r in results[1:]} <= {"counter_conflict", "uncovered"}
            left = int(holds(alice_current(case)).replace(".", ""))
            assert left >= (0 if recourse else 4_500)
            assert Case.objects.get(kind="fork").certificate.device_id == case.alice.did
            prove()


def orders_of_copies(times: int) -> list[tuple[int, ...]]:
    """All orders of up to four shops, then random ones of up to ten, each always the same."""
    short = [order for shops in (2, 3, 4) for order in permutations(range(shops))]
    chance = random.Random(7)  # noqa: S311 -- the same orders each time
    while len(short) < times:
        short.append(tuple(chance.sample(range(size := chance.randint(5, 10)), size)))
    return short[:: max(1, len(short) // times)][:times]


@pytest.mark.parametrize("before", range(tries(50, usually=5)))
def test_device_set_back_is_a_fork_whatever_came_before(before: int) -> None:
    """After `before` payments in all, some of them in the copy that was kept."""
    alice, shop, other = Phone(holding="60.00").load("60.00"), Phone(), Phone()
    kept, gone = before % 10, before // 10 + 1
    for _ in range(kept):
        shop.sync_one(alice.pay(shop, 100))
    snapshot = (alice.counter, alice.spent, alice.head)
    for _ in range(gone):
        shop.sync_one(alice.pay(shop, 150))
    alice.counter, alice.spent, alice.head = snapshot

    results = [other.sync_one(alice.pay(other, 150)) for _ in range(gone)]

    assert {result["code"] for result in results} <= {"counter_conflict", "chain_inconsistent"}
    assert results[0]["code"] == "counter_conflict"
    assert Case.objects.count() == 1
    assert in_hold(Certificate.objects.get()) == 6_000 - 100 * kept - 300 * gone
    prove()


def test_sixty_lies_about_the_sum_are_told_from_the_truth(bob: Phone) -> None:
    """After 20.00 in one payment the next one's sum is 20.00 and its amount, and nothing else."""
    alice = Phone(holding="100.00").load("100.00")
    first = alice.pay(bob, 2_000)
    bob.sync_one(first)
    for lie in range(60):
        cumulative = 2_000 + 200 * lie
        with undone():
            result = bob.sync_one(alice.sign(alice.draft(bob, 3_000, cumulative_minor=cumulative)))
            expected: str | None = "chain_inconsistent"
            if not 3_000 <= cumulative <= 10_000:
                expected = "over_cumulative"
            elif cumulative == 5_000:
                expected = None
            assert result["code"] == expected, cumulative
            assert Case.objects.exists() is (expected == "chain_inconsistent")


@pytest.mark.parametrize("turn", range(tries(500, usually=8)))
def test_honest_chain_ends_alike_in_any_order(turn: int) -> None:
    alice, bob = Phone(holding="100.00").load("100.00"), Phone()
    chance = random.Random(turn)  # noqa: S311 -- the same order each time
    vouchers = [alice.pay(bob, 100 + n) for n in range(20)]
    chance.shuffle(vouchers)
    sides = [chance.choice(["payer", "payee", "both"]) for _ in vouchers]

    alice.sync(*(v for v, side in zip(vouchers, sides, strict=True) if side != "payee"))
    bob.sync(*(v for v, side in zip(vouchers, sides, strict=True) if side != "payer"))
    chance.shuffle(vouchers)
    final = bob.sync(*vouchers)

    assert {(result["status"], result["code"]) for result in final} == {("settled", None)}
    assert (holds(bob.wallet), in_hold(Certificate.objects.get())) == ("21.90", 10_000 - 2_190)
    assert not Case.objects.exists()


_HOUR = 3_600
# Seconds from the beginning or the end of a certificate, or from now, and what follows.
_TIMES = [
    *((start, after, None) for start in ("now",) for after in (-899, -60, 0, 60, 899, 23 * _HOUR)),
    *(("now", after, "future_dated") for after in (25 * _HOUR, 47 * _HOUR, 71 * _HOUR)),
    *(("begins", after, None) for after in (-299, -1, 0, 1)),
    *(("begins", after, "outside_validity") for after in (-301, -901, -48 * _HOUR, -(10**9))),
    *(("ends", after, "outside_validity") for after in (301, 901, 48 * _HOUR, 10**9)),
]


@pytest.mark.parametrize(("start", "after", "code"), _TIMES)
def test_time_of_a_voucher(
    alice: Phone, bob: Phone, start: str, after: int, code: str | None
) -> None:
    certificate = alice.certificate
    starts = {
        "now": int(time.time()),
        "begins": certificate.not_before,
        "ends": certificate.expires_at,
    }

    result = bob.sync_one(alice.pay(bob, 1_000, issued_at=starts[start] + after))

    assert (result["status"], result["code"]) == ("rejected" if code else "settled", code)


def test_random_texts_are_no_receipts(alice: Phone, bob: Phone, settings: Any) -> None:
    settings.OFFLINE_RECEIPTS_PER_MINUTE = 100_000
    voucher = alice.pay(bob, 5_000)
    receipt = bob.sync_one(voucher)["receipt"]
    chance = random.Random(23)  # noqa: S311 -- the same texts each time
    texts = [altered(receipt, chance) for _ in range(40)]
    texts += [nonsense(chance) for _ in range(tries(10_000, usually=300))]

    answers = {
        alice.client.post(VERIFY, {"receipt": text}, format="json").content for text in texts
    }

    (answer,) = answers
    assert b'"valid":false' in answer


def altered(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("AZaz09-_".replace(text[place], "")) + text[place + 1 :]


def nonsense(chance: random.Random) -> str:
    parts = [base64url.encode(chance.randbytes(chance.randint(1, 300))) for _ in range(3)]
    return chance.choice([".".join(parts), ".".join(parts[:2]), parts[0], "~".join(parts)])
