"""Handing in vouchers: who is paid, when, and what is told again and again."""

from __future__ import annotations

import pytest

from events.models import Event
from ledger.models import JournalEntry
from offline.messages import Settlement, read
from offline.models import Case, Certificate, Voucher
from offline.queries import issuer_public_key
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Phone:
    return Phone(holding="3000.00").load("1000.00")


@pytest.fixture
def bob() -> Phone:
    return Phone()


def test_payee_is_paid_at_once(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 12_000)

    result = bob.sync_one(voucher)

    assert (result["status"], result["code"], result["duplicate"]) == ("settled", None, False)
    assert (holds(bob.wallet), holds(alice.wallet)) == ("120.00", "2000.00")
    settlement = read(Settlement, result["receipt"])
    key = issuer_public_key(settlement.kid)
    assert key
    body = settlement.verify(key)
    assert (body.voucher_vid, body.amount_minor) == (voucher.vid, 12_000)
    assert body.transaction == result["transaction_id"]
    certificate = Certificate.objects.get()
    assert (certificate.settled_minor, certificate.held_minor) == (12_000, 88_000)
    assert Event.objects.get(type="offline.voucher_settled").subject == result["transaction_id"]


def test_same_voucher_is_paid_once_and_answered_alike_for_ever(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 12_000)
    first = bob.sync_one(voucher)

    again = [bob.sync_one(voucher), bob.sync_one(alice.sign(voucher.body)), alice.sync_one(voucher)]

    for result in again:
        assert result == first | {"duplicate": True}
    assert holds(bob.wallet) == "120.00"
    assert JournalEntry.objects.filter(kind="offline_in").count() == 1
    assert not Case.objects.exists()


def test_payer_alone_leaves_it_pending_until_the_payee_confirms(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)

    pending = alice.sync_one(voucher)
    assert (pending["status"], pending["receipt"]) == ("pending_confirmation", None)
    assert alice.sync_one(voucher) == pending | {"duplicate": True}
    assert holds(bob.wallet) == "0.00"

    url = f"{API}/offline-transactions/{pending['transaction_id']}/confirm"
    assert alice.client.post(url).status_code == 403
    assert Phone().client.post(url).status_code == 404
    answers = [bob.client.post(url) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["status"] == "settled"
    assert holds(bob.wallet) == "50.00"
    assert alice.sync_one(voucher)["receipt"] == answers[0].json()["receipt"]


def test_payees_own_sync_settles_what_was_pending(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)
    alice.sync_one(voucher)

    result = bob.sync_one(voucher)

    assert (result["status"], result["duplicate"]) == ("settled", False)
    assert bob.sync_one(voucher)["duplicate"] is True


def test_payees_receipt_settles_what_the_payer_brings(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)
    assert alice.sync_one(voucher)["status"] == "pending_confirmation"

    result = alice.sync_one(voucher, receipt=bob.receipt(voucher).text)

    assert (result["status"], result["duplicate"]) == ("settled", False)
    assert holds(bob.wallet) == "50.00"


def test_receipt_of_another_voucher_or_device_refuses_the_item_only(
    alice: Phone, bob: Phone
) -> None:
    voucher, other = alice.pay(bob, 5_000), alice.pay(bob, 6_000)
    stranger = Phone()
    wrong = {
        "request_mismatch": bob.receipt(other).text,
        "key_mismatch": stranger.receipt(voucher).text,
        "malformed": "receipt",
        "bad_signature": bob.receipt(voucher).text[:-8] + "AAAAAAAA",
    }

    for code, receipt in wrong.items():
        result = alice.sync_one(voucher, receipt=receipt)
        assert (result["status"], result["code"]) == ("rejected", code)
    assert not Voucher.objects.exists()
    assert bob.sync_one(voucher)["status"] == "settled"


def test_request_that_is_not_the_vouchers_refuses_the_item_only(alice: Phone, bob: Phone) -> None:
    request = bob.request(5_000)
    voucher = alice.pay(bob, 5_000, request_id=request.body.request_id, request_vid=request.vid)

    refused = bob.sync_one(voucher, request=bob.request(5_000).text)
    assert (refused["status"], refused["code"]) == ("rejected", "request_mismatch")
    assert bob.sync_one(voucher, request=request.text)["status"] == "settled"
    assert Voucher.objects.get().request == request.text


def test_stranger_learns_and_changes_nothing(alice: Phone, bob: Phone) -> None:
    voucher, charlie = alice.pay(bob, 5_000), Phone()

    before = charlie.sync_one(voucher)
    bob.sync_one(voucher)
    after = charlie.sync_one(voucher)

    assert before == after
    assert (before["status"], before["code"]) == ("rejected", "not_party")
    assert before["transaction_id"] is None


def test_one_bad_item_touches_no_other(alice: Phone, bob: Phone) -> None:
    good = [alice.pay(bob, 1_000) for _ in range(3)]
    items = [good[0], "junk", good[1].text[:-4] + "AAAA", 17, None, good[2]]

    results = bob.sync(
        *items[:3], {"ref": "n", "voucher": 17}, {"ref": "z", "voucher": None}, good[2]
    )

    assert [(r["status"], r["code"]) for r in results] == [
        ("settled", None),
        ("rejected", "malformed"),
        ("rejected", "bad_signature"),
        ("rejected", "malformed"),
        ("rejected", "malformed"),
        ("settled", None),
    ]
    assert holds(bob.wallet) == "20.00"
    assert Voucher.objects.count() == 2


def test_order_does_not_matter(alice: Phone, bob: Phone) -> None:
    vouchers = [alice.pay(bob, 1_000 + n) for n in range(5)]

    results = bob.sync(*reversed(vouchers))

    assert {result["status"] for result in results} == {"settled"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 0}, "over_voucher_limit"),
        ({"amount_minor": -1}, "over_voucher_limit"),
        ({"amount_minor": 20_001, "cumulative_minor": 20_001}, "over_voucher_limit"),
        ({"cumulative_minor": 100_001}, "over_cumulative"),
        ({"cumulative_minor": 4_999}, "over_cumulative"),
        ({"counter": 0}, "over_count"),
        ({"counter": 21}, "over_count"),
        ({"counter": 2**52}, "over_count"),
        ({"issued_at": 1_000_000_000}, "outside_validity"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"payer_device": "A" * 22}, "key_mismatch"),
        ({"payer": "1234567890123"}, "wallet_mismatch"),
    ],
)
def test_voucher_that_breaks_a_rule_is_refused_for_ever(
    alice: Phone, bob: Phone, changes: dict[str, object], code: str
) -> None:
    voucher = alice.pay(bob, 5_000, **changes)

    first, again = bob.sync_one(voucher), bob.sync_one(voucher)

    assert (first["status"], first["code"], first["receipt"]) == ("rejected", code, None)
    assert again == first | {"duplicate": True}
    assert holds(bob.wallet) == "0.00"
    assert not Case.objects.exists()


def test_payment_to_oneself_is_refused(alice: Phone) -> None:
    assert alice.sync_one(alice.pay(alice, 1_000))["code"] == "self_payment"


def test_certificate_that_only_receives_pays_nothing(bob: Phone) -> None:
    shop = Phone().load("0.00")

    assert bob.sync_one(shop.pay(bob, 1))["code"] == "over_voucher_limit"


def test_unknown_certificate_is_not_stored(alice: Phone, bob: Phone) -> None:
    result = bob.sync_one(alice.pay(bob, 1_000, certificate_id="A" * 22))

    assert result["code"] == "unknown_certificate"
    assert not Voucher.objects.exists()


def test_payee_in_another_currency_is_refused(alice: Phone) -> None:
    shop = Phone(code="USD")

    assert shop.sync_one(alice.pay(shop, 1_000))["code"] == "wrong_currency"
    assert not Voucher.objects.exists()


def test_device_without_a_list_may_say_so(alice: Phone, bob: Phone) -> None:
    (result,) = bob.sync(alice.pay(bob, 1_000), rvl_num=None, device=None)

    assert result["status"] == "settled"


def test_too_many_items_have_no_effect(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 1_000)
    items = [{"ref": str(n), "voucher": voucher.text} for n in range(101)]

    assert bob.post_sync({"items": items}).status_code == 413
    large = {"items": [{"ref": "a", "voucher": voucher.text, "request": "x" * 600_000}]}
    assert bob.post_sync(large).status_code == 413
    assert not Voucher.objects.exists()


def test_allowance_of_an_hour_is_counted(
    alice: Phone, bob: Phone, settings: pytest.FixtureRequest
) -> None:
    settings.OFFLINE_ITEMS_PER_HOUR = 3  # type: ignore[attr-defined]
    voucher = alice.pay(bob, 1_000)
    assert len(bob.sync(voucher, voucher)) == 2

    refused = bob.post_sync({"items": [{"ref": str(n), "voucher": "x"} for n in range(2)]})

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) > 3_000
    assert len(bob.sync(voucher)) == 1
