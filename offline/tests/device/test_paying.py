"""What a payer's device refuses before it signs, and what it keeps when it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from offline.device import paying, receiving
from offline.device.errors import (
    AlreadyPaid,
    AmountDiffers,
    AmountMissing,
    CurrencyDiffers,
    DeviceRefusal,
    DeviceRevoked,
    InvalidAmount,
    NoCertificate,
    NotTheirs,
    OutsideValidity,
    OverLimit,
    OwnWallet,
    UnexpectedMessage,
    UntrustedIssuer,
)
from offline.device.stores import MemoryStore
from offline.messages import BadSignature, MessageRefusal, PrivateKey, Request, StaticRequest
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


def asked(amount_minor: int | None = 50_000, *, memo: str = "2 tea") -> str:
    return text(*receiving.ask(receive_only("bob"), now=NOW, amount_minor=amount_minor, memo=memo))


def request(**changes: Any) -> Request:
    body = Request(
        request_id=samples.OTHER_ID,
        wallet=NUMBERS["bob"],
        device=keys.device("bob").public.key_id,
        amount_minor=50_000,
        currency="PKR",
        issued_at=NOW,
        expires_at=NOW + 300,
    )
    return replace(body, **changes)


def printed(**changes: Any) -> StaticRequest:
    body = StaticRequest(
        wallet=NUMBERS["bob"],
        device=keys.device("bob").public.key_id,
        name="Corner Shop",
        currency="PKR",
        issued_at=NOW - 86_400,
        expires_at=NOW + 86_400,
    )
    return replace(body, **changes)


def refuses(
    refusal: type[Exception], store: MemoryStore, shown: str, *, now: int = NOW, **how: Any
) -> None:
    before = store.content
    with pytest.raises(refusal):
        paying.pay(store, shown, now=now, **how)
    assert store.content == before


def test_a_request_is_looked_at_and_paid() -> None:
    alice, shown = phone("alice"), asked()

    offer = paying.consider(shown, wallet=alice.load(), now=NOW)
    payment = paying.pay(alice, shown, now=NOW)

    assert (offer.name, offer.amount_minor, offer.memo) == ("Corner Shop", 50_000, "2 tea")
    wallet = alice.load()
    body = wallet.payments[0].signed.verify(keys.device("alice").public)
    assert (body.counter, body.amount_minor, body.cumulative_minor) == (1, 50_000, 50_000)
    assert body.previous == certificate("alice").vid
    assert body.request_vid == offer.request_vid
    assert payment == wallet.payments[0]
    assert wallet.newest is not None
    assert (wallet.newest.counter, wallet.newest.cumulative_minor) == (1, 50_000)
    assert wallet.newest.head == payment.signed.vid


def test_vouchers_form_a_chain() -> None:
    alice = phone("alice")

    payments = [paying.pay(alice, asked(amount), now=NOW) for amount in (50_000, 20_000, 1)]

    bodies = [payment.signed.body for payment in payments]
    assert [body.counter for body in bodies] == [1, 2, 3]
    assert [body.cumulative_minor for body in bodies] == [50_000, 70_000, 70_001]
    assert [body.previous for body in bodies[1:]] == [each.signed.vid for each in payments[:2]]
    assert len({body.nonce for body in bodies}) == 3


def test_a_request_is_paid_once() -> None:
    alice, shown = phone("alice"), asked()
    paying.pay(alice, shown, now=NOW)

    refuses(AlreadyPaid, alice, shown)


def test_a_printed_code_is_paid_again_and_again() -> None:
    alice, shown = phone("alice"), text(signed(printed(), keys.issuer()))

    one = paying.pay(alice, shown, now=NOW, amount_minor=100)
    other = paying.pay(alice, shown, now=NOW, amount_minor=100)

    assert one.payee_name == "Corner Shop"
    assert one.signed.body.request_vid == other.signed.body.request_vid
    assert one.signed.body.request_id != other.signed.body.request_id


def test_the_issuer_asks_on_behalf_of_a_wallet() -> None:
    for shown in (
        text(signed(request(), keys.issuer())),
        text(signed(request(), keys.issuer()), certificate("bob").text),
    ):
        assert paying.pay(phone("alice"), shown, now=NOW).signed.body.payee == NUMBERS["bob"]


def test_amounts_agree() -> None:
    refuses(AmountDiffers, phone("alice"), asked(), amount_minor=49_999)
    refuses(AmountMissing, phone("alice"), asked(None))
    for nothing in (0, -1):
        refuses(InvalidAmount, phone("alice"), asked(None), amount_minor=nothing)
    assert paying.pay(phone("alice"), asked(), now=NOW, amount_minor=50_000)
    open_one = paying.pay(phone("alice"), asked(None), now=NOW, amount_minor=7)
    assert open_one.signed.body.amount_minor == 7


@pytest.mark.parametrize(("amount", "fits"), [(100_000, True), (100_001, False)])
def test_a_voucher_has_a_limit(amount: int, *, fits: bool) -> None:
    if fits:
        assert paying.pay(phone("alice"), asked(amount), now=NOW)
    else:
        refuses(OverLimit, phone("alice"), asked(amount))


def test_a_certificate_has_a_limit_in_all() -> None:
    alice = phone("alice")
    for _ in range(5):
        paying.pay(alice, asked(100_000), now=NOW)

    refuses(OverLimit, alice, asked(1))


def test_a_certificate_has_a_number_of_vouchers() -> None:
    alice = phone("alice")
    for _ in range(20):
        paying.pay(alice, asked(1), now=NOW)

    refuses(OverLimit, alice, asked(1))


def test_without_a_certificate_that_pays_nothing_is_paid() -> None:
    shown = asked()
    refuses(NoCertificate, receive_only("alice"), shown)
    refuses(NoCertificate, phone("alice", expires_at=NOW - 1), shown)
    refuses(NoCertificate, phone("alice", not_before=NOW + 1), shown)
    closed, none = phone("alice"), phone("alice")
    wallet = closed.load()
    wallet.spendings[0].closing = "a statement"
    closed.save(wallet)
    refuses(NoCertificate, closed, shown)
    wallet = none.load()
    wallet.spendings = []
    none.save(wallet)
    refuses(NoCertificate, none, shown)


def test_who_asks_is_certified_by_our_issuer() -> None:
    shown, stranger = signed(request(), keys.device("bob")), PrivateKey.generate(3072)
    cases: list[tuple[type[Exception], str]] = [
        (UntrustedIssuer, certificate("bob", signed_by=stranger).text),
        (UntrustedIssuer, certificate("bob", issuer="https://other.example").text),
        (CurrencyDiffers, certificate("bob", currency="NGN").text),
        (OutsideValidity, certificate("bob", expires_at=NOW - 1).text),
        (OutsideValidity, certificate("bob", not_before=NOW + 1).text),
        (NotTheirs, certificate("bob", wallet=NUMBERS["carol"]).text),
        (NotTheirs, certificate("carol").text),
        (UnexpectedMessage, shown),
    ]
    for refusal, companion in cases:
        refuses(refusal, phone("alice"), text(shown, companion))
    refuses(UnexpectedMessage, phone("alice"), text(shown))


def test_what_is_asked_for_is_signed_by_who_asks() -> None:
    for key in (keys.device("carol"), PrivateKey.generate(3072)):
        refuses(BadSignature, phone("alice"), text(signed(request(), key), certificate("bob").text))
    for key in (keys.device("bob"), PrivateKey.generate(3072)):
        refuses(UntrustedIssuer, phone("alice"), text(signed(printed(), key)), amount_minor=5)


def test_a_revoked_device_is_not_paid() -> None:
    for shown in (asked(), text(signed(printed(), keys.issuer()))):
        alice = phone("alice")
        revoke(alice, [keys.device("bob").public.key_id])
        refuses(DeviceRevoked, alice, shown, amount_minor=50_000)


def test_a_request_is_in_our_currency_and_to_somebody_else() -> None:
    key = keys.device("bob")
    dollars = text(signed(request(currency="USD"), key), certificate("bob").text)
    refuses(CurrencyDiffers, phone("alice"), dollars)
    own = receiving.ask(phone("alice"), now=NOW, amount_minor=5)
    refuses(OwnWallet, phone("alice"), text(*own))
    refuses(
        OwnWallet,
        phone("alice"),
        text(signed(printed(wallet=NUMBERS["alice"]), keys.issuer())),
        amount_minor=5,
    )


@pytest.mark.parametrize(
    ("late", "fits"),
    [(300, True), (300 + 900, True), (300 + 901, False), (-900, True), (-901, False)],
)
def test_a_request_lives_five_minutes_give_or_take_the_clocks(late: int, *, fits: bool) -> None:
    alice, shown = phone("alice", not_before=NOW - 9_000), text(signed(request(), keys.issuer()))
    if fits:
        assert paying.pay(alice, shown, now=NOW + late)
    else:
        refuses(OutsideValidity, alice, shown, now=NOW + late)


def test_a_request_that_lives_longer_is_none() -> None:
    long = text(signed(request(expires_at=NOW + 301), keys.device("bob")), certificate("bob").text)
    refuses(OutsideValidity, phone("alice"), long)


def test_other_messages_are_no_requests() -> None:
    alice = phone("alice")
    voucher = paying.pay(phone("alice"), asked(), now=NOW)
    refuses(UnexpectedMessage, alice, text(voucher.voucher, voucher.certificate))
    for junk in ("", "hello", "OFP1:", "a.b.c"):
        refuses(MessageRefusal, alice, junk)


def test_no_character_of_a_request_can_change() -> None:
    messages = receiving.ask(receive_only("bob"), now=NOW, amount_minor=50_000)
    joined = "~".join(messages)
    wallet = phone("alice").load()
    for at in range(0, len(joined), 7):
        other = joined[:at] + ("B" if joined[at] == "A" else "A") + joined[at + 1 :]
        with pytest.raises((DeviceRefusal, MessageRefusal)):
            paying.consider(other, wallet=wallet, now=NOW)
