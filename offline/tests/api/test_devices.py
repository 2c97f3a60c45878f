"""Enrolling devices: who proved what, and who is refused."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from accounts.models import TokenFamily
from accounts.tests.factories import client_of, person
from events.models import Event
from offline.messages import (
    PrivateKey,
    RevocationDelta,
    RevocationList,
    base64url,
    read,
    read_revocations,
    sign,
    strict_json,
)
from offline.models import Device, DeviceChallenge
from offline.tests.phones import API, Phone, offline_wallet
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

URL = f"{API}/offline/devices"


def test_device_is_enrolled_and_its_owner_told() -> None:
    phone = Phone()

    device = Device.objects.get(did=phone.did)
    assert (device.owner_id, device.tier, device.status) == (phone.owner.id, "basic", "active")
    assert Event.objects.get(type="offline.device_enrolled").owner_id == phone.owner.id
    listed = phone.client.get(URL).json()["results"]
    assert [entry["device"] for entry in listed] == [phone.did]
    assert Phone().client.get(f"{URL}/{phone.did}").status_code == 404


def test_enrolment_wants_a_recent_login() -> None:
    owner = person()
    wallet = offline_wallet(owner)
    client = client_of(owner)
    long_ago = timezone.now() - timedelta(minutes=16)
    TokenFamily.objects.filter(user=owner).update(authenticated_at=long_ago)

    answer = client.post(f"{URL}/challenge", {"wallet_id": wallet.number}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (401, "reauthentication_required")
    assert not DeviceChallenge.objects.exists()


def test_challenge_is_for_ones_own_offline_wallet() -> None:
    owner = person()
    client = client_of(owner)
    bodies = {offline_wallet(person()).number: 404, wallet_of(owner).number: 422}

    for number, status in bodies.items():
        answer = client.post(f"{URL}/challenge", {"wallet_id": number}, format="json")
        assert answer.status_code == status


def revoked(phone: Phone) -> Phone:
    assert phone.client.delete(f"{URL}/{phone.did}").status_code == 200
    return phone


def test_proof_is_good_once() -> None:
    phone = revoked(Phone())
    used = DeviceChallenge.objects.get().challenge
    phone.key = PrivateKey.generate()

    answer = phone.enrol(challenge=used)

    assert (answer.status_code, answer.json()["code"]) == (422, "challenge_not_valid")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": "https://elsewhere.example"}, "proof_not_valid"),
        ({"wallet": "1234567890123"}, "proof_not_valid"),
        ({"issued_at": 1_700_000_000}, "proof_not_valid"),
        ({"challenge": "A" * 43}, "challenge_not_valid"),
    ],
)
def test_proof_for_something_else_is_refused(changes: dict[str, object], code: str) -> None:
    phone = revoked(Phone())
    phone.key = PrivateKey.generate()

    answer = phone.enrol(**changes)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert Device.objects.count() == 1


def test_challenge_of_somebody_else_or_long_ago_is_refused() -> None:
    phone, other = revoked(Phone()), revoked(Phone())
    phone.key = PrivateKey.generate()
    assert phone.enrol(challenge=other.challenge()["challenge"]).status_code == 422

    old = phone.challenge()["challenge"]
    DeviceChallenge.objects.filter(challenge=old).update(expires_at=timezone.now())
    assert phone.enrol(challenge=old).json()["code"] == "challenge_not_valid"


def test_proof_by_another_key_than_it_names_is_refused() -> None:
    phone = revoked(Phone())
    proof = sign(phone.possession(key=PrivateKey.generate().public), phone.key)

    body = {"wallet_id": phone.wallet.number, "proof": proof.text}
    answer = phone.client.post(URL, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_signature")


def test_key_is_registered_once_by_anybody() -> None:
    phone, thief = Phone(), revoked(Phone())
    thief.key = phone.key

    answer = thief.enrol()

    assert (answer.status_code, answer.json()["code"]) == (409, "device_known")


def test_wallet_has_one_active_device_and_the_next_begins_with_small_limits() -> None:
    phone = Phone()
    phone.key = PrivateKey.generate()
    assert phone.enrol().json()["code"] == "device_active"

    assert phone.client.delete(f"{URL}/{phone.did}").json()["status"] == "revoked"
    assert phone.enrol().status_code == 201

    device = Device.objects.get(status="active")
    assert device.full_limits_at - device.enrolled_at == timedelta(hours=24)
    assert Phone().client.delete(f"{URL}/{device.did}").status_code == 404


def _with_jwk(phone: Phone, numbers: rsa.RSAPublicNumbers, key: rsa.RSAPrivateKey) -> str:
    """A proof whose key is what no honest device makes; the signature is no obstacle."""
    octets = (numbers.n.bit_length() + 7) // 8
    exponent = numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")
    payload = {
        "v": 1,
        "aud": phone.challenge()["aud"],
        "cha": phone.challenge()["challenge"],
        "wal": phone.wallet.number,
        "key": {
            "e": base64url.encode(exponent),
            "n": base64url.encode(numbers.n.to_bytes(octets, "big")),
        },
        "iat": int(time.time()),
    }
    header = {"alg": "PS256", "kid": phone.did, "typ": "ofp-pop"}
    signed = ".".join(base64url.encode(strict_json.write(part)) for part in (header, payload))
    return f"{signed}.{base64url.encode(secrets.token_bytes(256))}"


@pytest.mark.parametrize("kind", ["e=3", "1024 bits", "even", "small factor", "4096 bits"])
def test_weak_key_is_refused(kind: str) -> None:
    phone = revoked(Phone())
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    n, e = key.public_key().public_numbers().n, 65537
    match kind:
        case "e=3":
            e = 3
        case "1024 bits":
            n = rsa.generate_private_key(65537, 1024).public_key().public_numbers().n  # noqa: S505 -- weak on purpose
        case "even":
            n &= ~1
        case "small factor":
            n -= n % 1999
            n |= 1 << 2047
            n -= n % 1999
        case "4096 bits":
            n = (1 << 4095) + 1
    proof = _with_jwk(phone, rsa.RSAPublicNumbers(e, n), key)

    answer = phone.client.post(
        URL, {"wallet_id": phone.wallet.number, "proof": proof}, format="json"
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "weak_key")
    assert Device.objects.count() == 1


def test_key_with_a_prime_of_another_is_refused() -> None:
    phone = revoked(Phone())
    known = phone.key._key.private_numbers()
    other = rsa.generate_private_key(65537, 2048).private_numbers()
    p, q = known.p, other.q
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)
    )
    if (p * q).bit_length() != 2048:
        pytest.skip("this product has a bit less")
    phone.key = PrivateKey(numbers.private_key())

    answer = phone.enrol()

    assert (answer.status_code, answer.json()["code"]) == (422, "weak_key")


def test_revoked_device_with_a_live_certificate_is_on_the_next_list() -> None:
    alice = Phone(holding="1000.00").load("500.00")
    before = read_revocations(alice.client.get(f"{API}/offline/revocations").json()["list"])
    assert isinstance(before.body, RevocationList)

    revoked(alice)

    url = f"{API}/offline/revocations"
    full = read_revocations(alice.client.get(url).json()["list"])
    assert isinstance(full.body, RevocationList)
    assert full.body.revoked == (alice.did,)
    assert full.body.number > before.body.number
    delta = read_revocations(alice.client.get(url, {"since": before.body.number}).json()["list"])
    assert isinstance(delta.body, RevocationDelta)
    assert (delta.body.base, delta.body.added) == (before.body.number, (alice.did,))
    assert alice.client.get(url, {"since": "x"}).status_code == 400


def test_issuer_keys_are_published() -> None:
    alice = Phone().load("0.00")

    document = alice.client.get("/.well-known/ofp-issuer-keys").json()

    assert document["issuer"] == alice.certificate.issuer
    kids = [key["kid"] for key in document["keys"]]
    assert read(type(alice.certificate), alice.text).kid in kids
