"""What a payer's device keeps as a receipt, and what it takes for none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offline.device import paying, receiving
from offline.device.errors import NotTheirs, UnexpectedMessage, UnknownPayment
from offline.messages import BadSignature, Request, read
from offline.tests.device.factories import (
    NOW,
    NUMBERS,
    certificate,
    phone,
    receive_only,
    signed,
    text,
)
from offline.tests.device.test_paying import printed, request
from offline.tests.messages import keys, samples


def test_a_receipt_is_kept_with_its_payment() -> None:
    alice, bob = phone("alice"), receive_only("bob")
    shown = text(*receiving.ask(bob, now=NOW, amount_minor=50_000))
    payment = paying.pay(alice, shown, now=NOW)
    income = receiving.receive(bob, text(payment.voucher, payment.certificate), now=NOW + 5)

    for _ in range(2):
        kept = paying.keep_receipt(alice, text(income.receipt))
        assert kept.receipt == income.receipt
    assert alice.load().payments[0].receipt == income.receipt


def test_a_receipt_of_somebody_else_is_refused() -> None:
    alice, bob = phone("alice"), receive_only("bob")
    shown = text(*receiving.ask(bob, now=NOW, amount_minor=50_000))
    payment = paying.pay(alice, shown, now=NOW)
    income = receiving.receive(bob, text(payment.voucher, payment.certificate), now=NOW)
    body = paying._receipt_of(payment, issued_at=NOW)
    before = alice.content

    cases: list[tuple[type[Exception], str]] = [
        (BadSignature, signed(body, keys.device("carol"))),
        (NotTheirs, signed(replace(body, amount_minor=49_999), keys.device("bob"))),
        (NotTheirs, signed(replace(body, payee=NUMBERS["carol"]), keys.device("bob"))),
        (UnknownPayment, signed(replace(body, voucher_vid=samples.VID), keys.device("bob"))),
    ]
    for refusal, receipt in cases:
        with pytest.raises(refusal):
            paying.keep_receipt(alice, text(receipt))
    with pytest.raises(UnknownPayment):
        paying.keep_receipt(phone("carol"), text(income.receipt))
    assert alice.content == before


def test_the_receipt_for_a_printed_code_brings_the_certificate_along() -> None:
    alice, bob = phone("alice"), receive_only("bob")
    code = text(signed(printed(), keys.issuer()))
    receiving.adopt(bob, code)
    payment = paying.pay(alice, code, now=NOW, amount_minor=700)
    income = receiving.receive(bob, text(payment.voucher, payment.certificate), now=NOW)

    shown = receiving.receipt_messages(income, wallet=bob.load())
    with pytest.raises(UnexpectedMessage):
        paying.keep_receipt(alice, text(shown[0]))
    with pytest.raises(BadSignature):
        paying.keep_receipt(alice, text(shown[0], certificate("carol").text))
    assert paying.keep_receipt(alice, text(*shown)).receipt == income.receipt
    assert read(Request, signed(request(), keys.device("bob"))).body == request()
