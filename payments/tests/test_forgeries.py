"""Webhooks that nobody signed, or that were changed after they were: none does anything.

Each provider gets 300 of them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from payments.errors import SignatureNotValid
from payments.models import Deposit, WebhookDelivery
from payments.operations import receive_webhook
from payments.providers.mock import signature as of_mock
from payments.providers.paystack import signature as of_paystack
from payments.providers.registry import NAMES, provider
from payments.providers.stripe import signature as of_stripe
from payments.tests.conftest import Simulator
from payments.tests.factories import balance_of, start
from wallets.models import Wallet

EACH = 300

Sent = tuple[bytes, dict[str, str]]


def body_of(name: str, deposit: Deposit) -> bytes:
    reference = deposit.provider_reference
    bodies: dict[str, object] = {
        "paystack": {
            "event": "charge.success",
            "data": {
                "id": deposit.pk,
                "status": "success",
                "reference": reference,
                "amount": 500000,
            },
        },
        "stripe": {
            "id": f"evt_{reference}",
            "object": "event",
            "type": "checkout.session.completed",
            "data": {"object": {"client_reference_id": reference, "payment_status": "paid"}},
        },
        "mock": {
            "id": f"mev_{reference}",
            "type": "payment.succeeded",
            "data": {"reference": reference, "state": "succeeded"},
        },
    }
    return json.dumps(bodies[name]).encode()


def signed(name: str, body: bytes, at: datetime, key: str = "") -> dict[str, str]:
    """The headers that the provider would send, or somebody with another key."""
    if name == "paystack":
        signature = of_paystack.sign(body=body, secret_key=key or settings.PAYSTACK_SECRET_KEY)
        return {of_paystack.HEADER: signature}
    if name == "stripe":
        secret = key or settings.STRIPE_WEBHOOK_SECRET
        return {of_stripe.HEADER: of_stripe.sign(body=body, secret=secret, at=at)}
    secret = key or settings.MOCK_SECRET_KEY
    return of_mock.sign(body=body, secret_key=secret, at=at, scheme=settings.MOCK_WEBHOOK_SIGNING)


def forgeries(name: str, body: bytes, now: datetime) -> Iterator[Sent]:
    """Altered bodies, altered signatures, other keys, none, and other times where they count."""
    random = Random(f"{name}:{len(body)}")  # noqa: S311 -- the same forgeries in every run
    good = signed(name, body, now)
    yield body, {}
    for key in (" " * 64, "x" * 64, "sk_test_other" * 5, settings.MOCK_SECRET_KEY.upper()):
        yield body, signed(name, body, now, key=key)
    if name != "paystack":
        for seconds in (301, 302, 3600, 86400, -301, -302, -3600, -86400):
            yield body, signed(name, body, now - timedelta(seconds=seconds))
    while True:
        altered, headers = bytearray(body), dict(good)
        if random.getrandbits(1):
            altered[random.randrange(len(body))] ^= 1 << random.randrange(8)
        else:
            header = random.choice(sorted(headers))
            text = headers[header]
            # The last character of a token holds bits that no decoder reads.
            place = random.randrange(len(text) - 1)
            other = random.choice([c for c in "0123456789abcdefx" if c != text[place].lower()])
            headers[header] = text[:place] + other + text[place + 1 :]
        yield bytes(altered), headers


@pytest.mark.parametrize(("name", "scheme"), [*((name, "hmac") for name in NAMES), ("mock", "jwt")])
def test_none_of_300_does_anything(
    simulator: Simulator, wallet: Wallet, monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    monkeypatch.setattr(settings, "MOCK_WEBHOOK_SIGNING", scheme)
    deposit = start(wallet, through=name)
    simulator.pay(deposit.authorization_url)
    body, now = body_of(name, deposit), timezone.now()
    before = WebhookDelivery.objects.count()
    forged = forgeries(name, body, now)

    for _ in range(EACH):
        altered, headers = next(forged)
        with pytest.raises(SignatureNotValid):
            receive_webhook(provider=provider(name), body=altered, headers=headers, now=now)

    assert WebhookDelivery.objects.count() == before
    assert balance_of(wallet).amount_minor == 0
    # And the true one is taken, also five minutes early or late.
    for seconds in (0, 299, -299):
        at = now + timedelta(seconds=seconds)
        receive_webhook(provider=provider(name), body=body, headers=signed(name, body, at), now=now)
    assert WebhookDelivery.objects.count() == before + 1


def test_a_token_signed_in_another_way_is_no_token(origin: str) -> None:
    """Which algorithm is right is ours to say: not the header's, and least of all `none`."""
    body, now = b'{"id": "mev_x", "type": "payment.succeeded", "data": {}}', timezone.now()
    claims = {"iat": int(now.timestamp()), "sha256": hashlib.sha256(body).hexdigest()}
    key = settings.MOCK_SECRET_KEY
    for token in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key, algorithm="HS512"),
        jwt.encode({"sha256": claims["sha256"]}, key, algorithm="HS256"),
        jwt.encode(claims | {"sha256": "0" * 64}, key, algorithm="HS256"),
        jwt.encode(claims | {"iat": "now"}, key, algorithm="HS256"),
        "",
        "a.b.c",
    ):
        assert not of_mock.is_valid(
            body=body, headers={"x-mock-token": token}, secret_key=key, scheme="jwt", now=now
        )


def test_any_of_stripes_signatures_is_enough_while_its_secret_changes() -> None:
    now, body = timezone.now(), b"{}"
    t = int(now.timestamp())
    good = hmac.new(b"whsec_new", f"{t}.".encode() + body, hashlib.sha256).hexdigest()

    header = f"t={t},v1={'0' * 64},v1={good},v0={'1' * 64}"

    assert of_stripe.is_valid(body=body, header=header, secret="whsec_new", now=now)
    for wrong in (f"t={t},v0={good}", f"v1={good}", f"t={t},t={t},v1={good}", f"t=,v1={good}"):
        assert not of_stripe.is_valid(body=body, header=wrong, secret="whsec_new", now=now)
