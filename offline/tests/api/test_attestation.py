"""Devices whose maker vouches for their key, and what only they may do."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from offline.messages import PrivateKey, sign
from offline.models import Certificate
from offline.tests.books import in_hold, prove
from offline.tests.phones import API, Phone
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


class Maker:
    """Somebody who makes devices, with a root certificate."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.root = certify("Maker", self.key.public_key(), "Maker", self.key, authority=True)


def certify(
    name: str, public: Any, issuer: str, key: Any, *, authority: bool = False
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = x509.CertificateBuilder(
        issuer_name=named(issuer),
        subject_name=named(name),
        public_key=public,
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW - timedelta(days=1),
        not_valid_after=NOW + timedelta(days=1),
    )
    constraints = x509.BasicConstraints(ca=authority, path_length=None)
    return builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


@pytest.fixture
def maker(settings: Any, tmp_path: Path) -> Maker:
    maker = Maker()
    roots = tmp_path / "roots.pem"
    roots.write_bytes(maker.root.public_bytes(serialization.Encoding.PEM))
    settings.OFFLINE_ATTESTATION_ROOTS = str(roots)
    return maker


def enrol_with(phone: Phone, *chain: x509.Certificate) -> Any:
    body = {
        "wallet_id": phone.wallet.number,
        "proof": sign(phone.possession(), phone.key).text,
        "attestation": [
            base64.b64encode(c.public_bytes(serialization.Encoding.DER)).decode() for c in chain
        ],
    }
    return phone.client.post(f"{API}/offline/devices", body, format="json")


def replaced(phone: Phone) -> Phone:
    phone.client.delete(f"{API}/offline/devices/{phone.did}")
    phone.key = PrivateKey.generate()
    phone.did = phone.key.public.key_id
    return phone


def attested(phone: Phone, maker: Maker) -> Phone:
    replaced(phone)
    leaf = certify("Device", phone.key._key.public_key(), "Maker", maker.key)
    answer = enrol_with(phone, leaf, maker.root)
    assert (answer.status_code, answer.json()["tier"]) == (201, "attested")
    return phone


def test_attested_device_has_its_limits_once_it_has_cooled_off(
    maker: Maker, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = attested(Phone(holding="9000.00"), maker)
    assert phone.ask_certificate("5000.00").json()["code"] == "limit_exceeded"

    monkeypatch.setattr("offline.terms.COOL_OFF", timedelta(0))
    phone = attested(Phone(holding="9000.00"), maker)

    phone.load("5000.00")
    assert phone.certificate.limits.voucher_minor == 100_000


def test_key_that_only_an_attested_key_vouches_for_is_basic(maker: Maker) -> None:
    phone = replaced(Phone())
    held = rsa.generate_private_key(65537, 2048)
    intermediate = certify("Device", held.public_key(), "Maker", maker.key)
    leaf = certify("Other", phone.key._key.public_key(), "Device", held)

    answer = enrol_with(phone, leaf, intermediate, maker.root)

    assert (answer.status_code, answer.json()["tier"]) == (201, "basic")


@pytest.mark.parametrize("kind", ["another key", "another maker", "unlinked"])
def test_chain_for_another_key_or_of_another_maker_is_basic(maker: Maker, kind: str) -> None:
    phone, stranger = replaced(Phone()), Maker()
    own, other = phone.key._key.public_key(), stranger.key.public_key()
    chain = {
        "another key": (certify("Device", other, "Maker", maker.key), maker.root),
        "another maker": (certify("Device", own, "Maker", stranger.key), stranger.root),
        "unlinked": (certify("Device", own, "Maker", stranger.key), maker.root),
    }[kind]

    answer = enrol_with(phone, *chain)

    assert (answer.status_code, answer.json()["tier"]) == (201, "basic")


def test_closing_gives_back_at_once_where_that_is_allowed(maker: Maker, settings: Any) -> None:
    settings.OFFLINE_FAST_CLOSE = True
    alice, bob = attested(Phone(holding="100.00"), maker), Phone()
    alice.load("100.00")
    voucher = alice.pay(bob, 3_000)

    assert alice.close().json()["held"] == "30.00"

    assert holds(alice.wallet) == "70.00"
    assert in_hold(Certificate.objects.get()) == 3_000
    assert bob.sync_one(voucher)["status"] == "settled"
    prove()


def test_basic_device_waits_for_the_deadline(settings: Any) -> None:
    settings.OFFLINE_FAST_CLOSE = True
    alice = Phone(holding="100.00").load("100.00")

    assert alice.close().json()["held"] == "100.00"
