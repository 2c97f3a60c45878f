"""Paystack's published example webhooks, and what nobody signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from payments.providers.base import SIGNATURE_NOT_VALID, Done, Refused, WebhookEvent
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.provider import Paystack
from payments.providers.paystack.signature import sign
from payments.tests.factories import NOON

KEY = "sk_test_0123456789abcdef"
EXAMPLES = sorted((Path(__file__).parents[1] / "fixtures" / "paystack").glob("*.json"))


@pytest.fixture
def adapter() -> Paystack:
    client = PaystackClient(base_url="http://127.0.0.1:1", secret_key=KEY, timeouts=(0.1, 0.1))
    return Paystack(client=client, secret_key=KEY)


def read(adapter: Paystack, body: bytes, key: str = KEY) -> WebhookEvent:
    outcome = adapter.parse_webhook(
        body, {"x-paystack-signature": sign(body=body, secret_key=key)}, now=NOON
    )
    assert isinstance(outcome, Done)
    return outcome.value


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_reads_every_published_example(adapter: Paystack, path: Path) -> None:
    body = path.read_bytes()

    event = read(adapter, body)

    assert event.kind == json.loads(body)["event"]
    expected = "qTPrJoy9Bx" if path.stem == "transaction-successful" else None
    assert event.payment_reference == expected


def test_no_two_published_examples_are_taken_for_one(adapter: Paystack) -> None:
    keys = {read(adapter, path.read_bytes()).dedupe_key for path in EXAMPLES}

    # The two pending and processing examples of one refund have no number, but differ in status.
    assert len(keys) == len(EXAMPLES)


def test_the_same_event_written_differently_is_one_event(adapter: Paystack) -> None:
    body = next(path for path in EXAMPLES if path.stem == "transaction-successful").read_bytes()
    compact = json.dumps(json.loads(body)).encode()

    assert compact != body
    assert read(adapter, compact).dedupe_key == read(adapter, body).dedupe_key


@pytest.mark.parametrize(
    "signature",
    ["", "0" * 128, "é" * 10, sign(body=b"{}", secret_key="sk_test_other"), "sha512=abc"],
)
def test_refuses_what_was_not_signed_with_our_key(adapter: Paystack, signature: str) -> None:
    outcome = adapter.parse_webhook(b"{}", {"x-paystack-signature": signature}, now=NOON)

    assert outcome == Refused(SIGNATURE_NOT_VALID)


def test_refuses_a_body_without_a_signature(adapter: Paystack) -> None:
    assert adapter.parse_webhook(b"{}", {}, now=NOON) == Refused(SIGNATURE_NOT_VALID)


def test_refuses_a_body_of_which_one_bit_was_altered(adapter: Paystack) -> None:
    body = EXAMPLES[0].read_bytes()
    headers = {"x-paystack-signature": sign(body=body, secret_key=KEY)}

    for position in range(0, len(body), 97):
        altered = bytearray(body)
        altered[position] ^= 1
        assert adapter.parse_webhook(bytes(altered), headers, now=NOON) == Refused(
            SIGNATURE_NOT_VALID
        )


def test_without_a_key_of_ours_nothing_is_valid() -> None:
    client = PaystackClient(base_url="http://127.0.0.1:1", secret_key="", timeouts=(0.1, 0.1))
    adapter = Paystack(client=client, secret_key="")

    headers = {"x-paystack-signature": sign(body=b"{}", secret_key="")}
    assert adapter.parse_webhook(b"{}", headers, now=NOON) == Refused(SIGNATURE_NOT_VALID)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"event": 1, "data": {}}',
        b'{"event": "charge.success\\u0000", "data": {}}',
        b"[" * 100_000,
    ],
)
def test_a_signed_body_that_cannot_be_read_is_an_event_of_its_own(
    adapter: Paystack, body: bytes
) -> None:
    event = read(adapter, body)

    assert (event.kind, event.payment_reference) == ("unreadable", None)
    assert event.dedupe_key.startswith("sha256:")


@pytest.mark.parametrize("reference", [None, 5, {"a": 1}, ["x"], "\ud800", "a\x00b"])
def test_a_success_without_a_usable_reference_is_about_no_payment(
    adapter: Paystack, reference: object
) -> None:
    body = json.dumps({"event": "charge.success", "data": {"reference": reference}}).encode()

    assert read(adapter, body).payment_reference is None


def test_an_identity_too_long_or_odd_to_store_gives_way_to_the_digest(adapter: Paystack) -> None:
    for identity in ("x" * 500, "a\x00b", "\ud800"):
        body = json.dumps({"event": "transfer.success", "data": {"id": identity}}).encode()
        assert read(adapter, body).dedupe_key.startswith("sha256:")
