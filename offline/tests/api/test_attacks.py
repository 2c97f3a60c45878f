"""What somebody hostile sends: none of it is accepted, and all of it answered in one shape."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from accounts.tests.factories import pair_of
from offline.messages import base64url, strict_json
from offline.models import Voucher
from offline.tests.books import prove
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

VERIFY = f"{API}/offline-transactions/verify-receipt"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def alice() -> Phone:
    return Phone(holding="3000.00").load("1000.00")


@pytest.fixture
def bob() -> Phone:
    return Phone()


def raw(phone: Phone, members: Any, *, header: dict[str, Any] | None = None, salt: int = 32) -> str:
    """A message that no honest device writes, signed by its key all the same."""
    head = {"alg": "PS256", "kid": phone.did, "typ": "ofp-vch"} | (header or {})
    payload = members if isinstance(members, bytes) else strict_json.write(members)
    signed = f"{base64url.encode(strict_json.write(head))}.{base64url.encode(payload)}"
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt)
    signature = phone.key._key.sign(signed.encode(), pss, hashes.SHA256())
    return f"{signed}.{base64url.encode(signature)}"


def members(alice: Phone, bob: Phone, **changes: Any) -> dict[str, Any]:
    return alice.draft(bob, 5_000).to_members() | changes


def refused(phone: Phone, *texts: Any) -> set[str | None]:
    """Hand in what must not be accepted; return the codes."""
    codes: set[str | None] = set()
    for start in range(0, len(texts), 100):
        items = [{"ref": str(n), "voucher": t} for n, t in enumerate(texts[start : start + 100])]
        for result in phone.sync(*items):
            assert (result["status"], result["receipt"]) == ("rejected", None), result
            codes.add(result["code"])
    return codes


def test_no_altered_character_is_accepted(alice: Phone, bob: Phone, settings: Any) -> None:
    settings.OFFLINE_ITEMS_PER_HOUR = 10_000
    text = alice.pay(bob, 5_000).text
    altered = [
        text[:place] + ALPHABET[(ALPHABET.find(text[place]) + step) % 64] + text[place + 1 :]
        for place in range(len(text))
        for step in (1, 2, 17, 40, 63)
    ]
    last = [text[:-1] + letter for letter in ALPHABET if letter != text[-1]]

    codes = refused(bob, *altered, *last)

    assert len(altered) > 4_500
    assert codes <= {"malformed", "bad_signature", "unknown_certificate", "not_party"}
    assert not Voucher.objects.exists()
    assert bob.sync_one(text)["status"] == "settled"
    prove()


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "PS384", "ES256"])
def test_other_algorithms_are_malformed(alice: Phone, bob: Phone, alg: str) -> None:
    text = raw(alice, members(alice, bob), header={"alg": alg})

    assert refused(bob, text) == {"malformed"}


@pytest.mark.parametrize("salt", [0, 20, 222])
def test_salt_of_another_length_is_no_signature(alice: Phone, bob: Phone, salt: int) -> None:
    assert refused(bob, raw(alice, members(alice, bob), salt=salt)) == {"bad_signature"}


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "zip", "b64"])
def test_headers_that_bring_their_own_trust_are_malformed(
    alice: Phone, bob: Phone, name: str
) -> None:
    assert refused(bob, raw(alice, members(alice, bob), header={name: "x"})) == {"malformed"}


def test_messages_of_another_kind_are_no_vouchers(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)
    settled = bob.sync_one(voucher)["receipt"]
    token = pair_of(alice.owner).access_token
    others = (alice.text, settled, bob.receipt(voucher).text, token, alice.closing().text)

    assert refused(bob, *others) == {"malformed"}
    for foreign in (alice.text, token, voucher.text):
        assert (
            alice.client.post(VERIFY, {"receipt": foreign}, format="json").json()["valid"] is False
        )


def test_key_of_somebody_else_is_no_signature(alice: Phone, bob: Phone) -> None:
    forged = raw(bob, members(alice, bob))
    named = raw(bob, members(alice, bob), header={"kid": alice.did})

    assert refused(bob, forged, named) == {"bad_signature"}


@pytest.mark.parametrize("amount", [2**53, 1.0, "5000", True, None, [5000]])
@pytest.mark.parametrize("name", ["amt", "ctr", "cum"])
def test_numbers_that_are_none_are_malformed(
    alice: Phone, bob: Phone, name: str, amount: Any
) -> None:
    assert refused(bob, raw(alice, members(alice, bob, **{name: amount}))) == {"malformed"}


def test_json_that_is_read_in_two_ways_is_malformed(alice: Phone, bob: Phone) -> None:
    honest = strict_json.write(members(alice, bob))
    twice = honest.replace(b'"amt":5000', b'"amt":1,"amt":5000')
    bodies = (
        twice,
        b"\xef\xbb\xbf" + honest,
        honest.replace(b'"v":1', b'"v":1,"x":1'),
        honest.replace(b'"v":1', b'"v":2'),
        honest.replace(b'"amt":5000', b'"amt":5e3'),
        honest.replace(b'"cur":"NGN"', b'"cur":"\\ud800"'),
        honest[:-1],
        b"[]",
        b"[" * 2_000,
    )

    assert refused(bob, *(raw(alice, body) for body in bodies)) == {"malformed"}


def test_forged_certificate_is_never_looked_at(alice: Phone, bob: Phone) -> None:
    """A voucher names its certificate, and only ours is taken."""
    rogue = Phone(holding="10.00").load("10.00")
    theirs = alice.certificate.certificate_id

    codes = refused(bob, rogue.pay(bob, 100, certificate_id=theirs).text)

    assert codes == {"bad_signature"}
    assert holds(bob.wallet) == "0.00"


def test_verdict_on_a_receipt_tells_only_what_it_says(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 5_000)
    receipt = bob.receipt(voucher).text
    settlement = bob.sync_one(voucher)["receipt"]

    for text, kind in ((settlement, "ofp-stl"), (receipt, "ofp-rcp")):
        answer = alice.client.post(VERIFY, {"receipt": text}, format="json").json()
        assert (answer["valid"], answer["type"], answer["status"]) == (True, kind, "settled")
        assert (answer["amount"], answer["currency"]) == ("50.00", "NGN")
        assert set(answer) == {
            "valid",
            "type",
            "vid",
            "amount",
            "currency",
            "status",
            "settled_at",
        }


def test_verdict_on_what_is_no_receipt_has_one_shape(
    alice: Phone, bob: Phone, settings: Any
) -> None:
    settings.OFFLINE_RECEIPTS_PER_MINUTE = 1_000
    voucher = alice.pay(bob, 5_000)
    settlement = bob.sync_one(voucher)["receipt"]
    stranger = jwt.encode({"vid": voucher.vid}, "x" * 32, algorithm="HS256")
    receipt = bob.receipt(voucher).text
    bob.client.delete(f"{API}/offline/devices/{bob.did}")
    junk = ["", "a", "a.b.c", stranger, receipt, settlement[:-1], settlement + "A"]

    answers = [alice.client.post(VERIFY, {"receipt": text}, format="json") for text in junk if text]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["valid"] is False


def test_receipts_are_looked_at_so_often_a_minute(settings: Any, client: Any) -> None:
    settings.OFFLINE_RECEIPTS_PER_MINUTE = 3
    asked = {"content_type": "application/json", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}

    codes = [
        client.post(VERIFY, {"receipt": "x"}, **asked | {"HTTP_X_FORWARDED_FOR": f"10.0.0.{n}"})
        for n in range(5)
    ]

    assert [answer.status_code for answer in codes] == [200, 200, 200, 429, 429]


def test_clock_that_is_two_days_ahead_waits(alice: Phone, bob: Phone) -> None:
    voucher = alice.pay(bob, 1_000, issued_at=int(time.time()) + 47 * 3600)

    assert refused(bob, voucher.text) == {"future_dated"}
    assert not Voucher.objects.exists()
