"""What a payee's device asks for, takes over, and forgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offline.device import receiving
from offline.device.errors import (
    InvalidAmount,
    NoCertificate,
    NotTheirs,
    UnexpectedMessage,
    UntrustedIssuer,
)
from offline.messages import Malformed, Request, StaticRequest
from offline.tests.device.factories import NOW, NUMBERS, certificate, phone, receive_only, signed
from offline.tests.device.test_receiving import DAY, ask
from offline.tests.messages import keys, samples


def test_asking_needs_a_certificate_and_an_amount_above_zero() -> None:
    for refusal, store, amount in (
        (InvalidAmount, receive_only("bob"), 0),
        (InvalidAmount, receive_only("bob"), -5),
        (NoCertificate, phone("bob", expires_at=NOW - 1), 5),
    ):
        before = store.content
        with pytest.raises(refusal):
            receiving.ask(store, now=NOW, amount_minor=amount)
        assert store.content == before
    with pytest.raises(Malformed):
        receiving.ask(receive_only("bob"), now=NOW, memo="x" * 65)


def test_requests_that_nobody_can_answer_any_more_are_forgotten() -> None:
    bob = receive_only("bob")
    code = signed(
        StaticRequest(
            wallet=NUMBERS["bob"],
            device=keys.device("bob").public.key_id,
            name="Corner Shop",
            currency="PKR",
            issued_at=NOW,
            expires_at=NOW + DAY,
        ),
        keys.issuer(),
    )
    receiving.adopt(bob, code)
    receiving.adopt(bob, code)
    ask(bob)
    ask(bob, now=NOW + 600)
    assert len(bob.load().requests) == 3

    ask(bob, now=NOW + 4_000)
    requests = bob.load().requests
    assert len(requests) == 2
    assert requests[0] == code


def test_only_requests_of_the_issuer_for_this_device_are_taken_over() -> None:
    bob = receive_only("bob")
    before = bob.content
    body = Request(
        request_id=samples.OTHER_ID,
        wallet=NUMBERS["bob"],
        device=keys.device("bob").public.key_id,
        currency="PKR",
        issued_at=NOW,
        expires_at=NOW + 300,
    )
    cases: list[tuple[type[Exception], str]] = [
        (UntrustedIssuer, signed(body, keys.device("bob"))),
        (NotTheirs, signed(replace(body, wallet=NUMBERS["carol"]), keys.issuer())),
        (NotTheirs, signed(replace(body, device=samples.ID), keys.issuer())),
        (UnexpectedMessage, certificate("bob").text),
    ]
    for refusal, message in cases:
        with pytest.raises(refusal):
            receiving.adopt(bob, message)
    assert bob.content == before
    assert receiving.adopt(bob, signed(body, keys.issuer())).body == body
    assert receiving.needs_a_look(receiving.adopt(bob, signed(body, keys.issuer())))
