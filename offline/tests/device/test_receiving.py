"""What a payee's device refuses before goods change hands: R5 to R13."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from offline.device import paying, receiving
from offline.device.errors import (
    CurrencyDiffers,
    DeviceRefusal,
    DeviceRevoked,
    DoubleSpend,
    NotMyRequest,
    NotTheirs,
    OutsideValidity,
    OverLimit,
    OwnWallet,
    ReceivedTooMuch,
    RequestUsed,
    RevocationsOld,
    UnexpectedMessage,
    UntrustedIssuer,
)
from offline.device.stores import MemoryStore
from offline.device.wallet import Outcome, Payment
from offline.messages import (
    BadSignature,
    Limits,
    MessageRefusal,
    PrivateKey,
    Receipt,
    Request,
    read,
    sign,
)
from offline.tests.device.factories import (
    NOW,
    NUMBERS,
    certificate,
    phone,
    receive_only,
    revoke,
    signed,
    text,
)
from offline.tests.messages import keys, samples

DAY = 86_400


def ask(bob: MemoryStore, amount_minor: int | None = 50_000, *, now: int = NOW) -> str:
    return text(*receiving.ask(bob, now=now, amount_minor=amount_minor))


def paid(bob: MemoryStore, alice: MemoryStore | None = None, amount_minor: int = 50_000) -> Payment:
    return paying.pay(alice or phone("alice"), ask(bob, amount_minor), now=NOW)


def shown(payment: Payment) -> str:
    return text(payment.voucher, payment.certificate)


def altered(payment: Payment, **changes: Any) -> str:
    """The voucher as a device writes it whose owner changed the code."""
    body = replace(payment.signed.body, **changes)
    return text(signed(body, keys.device("alice")), payment.certificate)


def refuses(refusal: type[Exception], bob: MemoryStore, payment: str, *, now: int = NOW) -> None:
    before = bob.content
    with pytest.raises(refusal):
        receiving.receive(bob, payment, now=now)
    assert bob.content == before


def test_a_payment_is_kept_and_signed_for() -> None:
    bob = receive_only("bob")
    payment = paid(bob)

    income = receiving.receive(bob, shown(payment), now=NOW + 5)

    receipt = read(Receipt, income.receipt).verify(keys.device("bob").public)
    assert receipt == paying._receipt_of(payment, issued_at=NOW + 5)
    assert bob.load().incomes == [income]
    assert receiving.receipt_messages(income, wallet=bob.load()) == [income.receipt]


def test_a_payment_shown_again_gives_the_same_receipt() -> None:
    bob, alice = receive_only("bob"), phone("alice")
    payment = paid(bob, alice)
    income = receiving.receive(bob, shown(payment), now=NOW)
    again = text(sign(payment.signed.body, keys.device("alice")).text, payment.certificate)
    before = bob.content

    for late in (NOW, NOW + 30 * DAY):
        for other in (shown(payment), again):
            assert receiving.receive(bob, other, now=late) == income
    assert bob.content == before


def test_the_payer_is_certified_by_our_issuer() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    cases: list[tuple[type[Exception], str]] = [
        (UntrustedIssuer, certificate("alice", signed_by=PrivateKey.generate(3072)).text),
        (UntrustedIssuer, certificate("alice", signed_by=keys.device("alice")).text),
        (UntrustedIssuer, certificate("alice", issuer="https://other.example").text),
        (CurrencyDiffers, certificate("alice", currency="NGN").text),
        (BadSignature, certificate("carol").text),
        (NotTheirs, certificate("alice", certificate_id=samples.OTHER_ID).text),
        (NotTheirs, certificate("alice", wallet=NUMBERS["carol"]).text),
        (UnexpectedMessage, payment.voucher),
        (OutsideValidity, certificate("alice", expires_at=NOW - 1).text),
        (OutsideValidity, certificate("alice", not_before=NOW + 1).text),
    ]
    for refusal, companion in cases:
        refuses(refusal, bob, text(payment.voucher, companion))
    refuses(UnexpectedMessage, bob, text(payment.voucher))


def test_the_voucher_is_signed_with_the_key_of_its_certificate() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    for key in (keys.device("bob"), keys.device("carol"), keys.issuer()):
        forged = signed(payment.signed.body, key)
        refuses(BadSignature, bob, text(forged, payment.certificate))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"certificate_id": samples.OTHER_ID}, NotTheirs),
        ({"payer": NUMBERS["carol"]}, NotTheirs),
        ({"payer_device": samples.OTHER_ID}, NotTheirs),
        ({"currency": "USD"}, NotTheirs),
        ({"payee": NUMBERS["carol"]}, NotMyRequest),
        ({"payee_device": samples.ID}, NotMyRequest),
        ({"request_id": samples.ID}, NotMyRequest),
        ({"request_vid": samples.OTHER_VID}, NotMyRequest),
        ({"amount_minor": 49_999}, NotMyRequest),
        ({"amount_minor": 50_001, "cumulative_minor": 50_001}, NotMyRequest),
        ({"cumulative_minor": 49_999}, OverLimit),
        ({"cumulative_minor": 500_001}, OverLimit),
        ({"counter": 0}, OverLimit),
        ({"counter": -1}, OverLimit),
        ({"counter": 21}, OverLimit),
        ({"issued_at": NOW - 901}, OutsideValidity),
        ({"issued_at": NOW + 901}, OutsideValidity),
    ],
)
def test_a_voucher_that_is_not_the_answer_is_refused(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    bob = receive_only("bob")

    refuses(refusal, bob, altered(paid(bob), **changes))


@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_an_open_request_still_has_limits(amount: int) -> None:
    bob, alice = receive_only("bob"), phone("alice")
    payment = paying.pay(alice, ask(bob, None), now=NOW, amount_minor=5)

    refuses(OverLimit, bob, altered(payment, amount_minor=amount, cumulative_minor=500_000))
    assert receiving.receive(bob, shown(payment), now=NOW)


def test_a_receive_only_device_does_not_pay() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    nothing = Limits(voucher_minor=0, cumulative_minor=0, count=0)

    refuses(OverLimit, bob, text(payment.voucher, certificate("alice", limits=nothing).text))


def test_a_revoked_payer_is_refused() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    revoke(bob, [keys.device("alice").public.key_id])

    refuses(DeviceRevoked, bob, shown(payment))


@pytest.mark.parametrize(
    ("age", "amount", "fits"),
    [
        (DAY, 100_000, True),
        (DAY + 1, 20_000, True),
        (DAY + 1, 20_001, False),
        (3 * DAY, 20_000, True),
        (3 * DAY + 1, 1, False),
        (-DAY, 100_000, True),
    ],
)
def test_an_old_list_is_good_for_little_and_then_for_nothing(
    age: int, amount: int, *, fits: bool
) -> None:
    bob = phone("bob", fresh_list=NOW - age)
    payment = paid(bob, amount_minor=amount)

    if fits:
        assert receiving.receive(bob, shown(payment), now=NOW)
    else:
        refuses(RevocationsOld, bob, shown(payment))


def test_an_amber_list_bounds_the_total_too() -> None:
    bob, alice = phone("bob", fresh_list=NOW - 2 * DAY), phone("alice")
    for _ in range(5):
        receiving.receive(bob, shown(paid(bob, alice, 20_000)), now=NOW)

    refuses(RevocationsOld, bob, shown(paid(bob, alice, 1)))


def test_without_a_list_nothing_is_received() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    wallet = bob.load()
    wallet.revocations = None
    bob.save(wallet)

    refuses(RevocationsOld, bob, shown(payment))


def test_a_payer_that_turned_back_time_is_caught_where_it_paid_before() -> None:
    bob, alice = receive_only("bob"), phone("alice")
    snapshot = alice.content
    receiving.receive(bob, shown(paid(bob, alice)), now=NOW)
    alice.content = snapshot

    refuses(DoubleSpend, bob, shown(paid(bob, alice)))


def test_a_request_is_answered_once() -> None:
    bob = receive_only("bob")
    shown_request = ask(bob)
    payment = paying.pay(phone("alice"), shown_request, now=NOW)
    receiving.receive(bob, shown(payment), now=NOW)

    carols = paying.pay(phone("carol"), shown_request, now=NOW)
    refuses(RequestUsed, bob, shown(carols))


def test_nobody_pays_themselves() -> None:
    alice = phone("alice")
    messages = receiving.ask(alice, now=NOW, amount_minor=50_000)
    request = read(Request, messages[0])
    body = replace(
        samples.voucher(),
        payee=NUMBERS["alice"],
        payee_device=keys.device("alice").public.key_id,
        request_id=request.body.request_id,
        request_vid=request.vid,
    )

    refuses(OwnWallet, alice, text(signed(body, keys.device("alice")), messages[1]))


def test_what_waits_for_the_network_is_bounded_in_amount() -> None:
    rich = Limits(voucher_minor=2_000_000, cumulative_minor=4_000_000, count=99)
    bob, alice = receive_only("bob"), phone("alice", limits=rich)
    receiving.receive(bob, shown(paid(bob, alice, 1_999_999)), now=NOW)

    refuses(ReceivedTooMuch, bob, shown(paid(bob, alice, 2)))
    receiving.receive(bob, shown(paid(bob, alice, 1)), now=NOW)
    refuses(ReceivedTooMuch, bob, shown(paid(bob, alice, 1)))


def test_what_waits_for_the_network_is_bounded_in_number_until_it_is_settled() -> None:
    many = Limits(voucher_minor=10, cumulative_minor=1_000, count=99)
    bob, alice = receive_only("bob"), phone("alice", limits=many)
    for _ in range(receiving.MOST_VOUCHERS):
        receiving.receive(bob, shown(paid(bob, alice, 1)), now=NOW)
    payment = paid(bob, alice, 1)
    refuses(ReceivedTooMuch, bob, shown(payment))

    wallet = bob.load()
    wallet.incomes[0].outcome = Outcome("settled")
    bob.save(wallet)
    assert receiving.receive(bob, shown(payment), now=NOW)


def test_no_character_of_a_payment_can_change() -> None:
    bob = receive_only("bob")
    payment = paid(bob)
    joined = f"{payment.voucher}~{payment.certificate}"
    wallet = bob.load()
    for at in range(0, len(joined), 7):
        other = joined[:at] + ("B" if joined[at] == "A" else "A") + joined[at + 1 :]
        with pytest.raises((DeviceRefusal, MessageRefusal)):
            receiving.inspect(other, wallet=wallet, now=NOW)
