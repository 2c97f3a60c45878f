"""Keys made by the server: given out once, to who holds another key, and only where allowed."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from accounts.models import TokenFamily
from accounts.tests.factories import client_of, person
from accounts.tests.keys import key_of, program
from events.models import Event
from ledger.money import Money
from offline.messages import Possession, PrivateKey, base64url, sign
from offline.models import Device, ServerKey
from offline.operations import destroy_due_exports
from offline.tests.phones import API, Phone
from wallets.models import Wallet
from wallets.tests.factories import fund

pytestmark = pytest.mark.django_db

EXPORT = PrivateKey.generate()
JWK = EXPORT.public.jwk()


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.OFFLINE_SERVER_KEYGEN = True


class Owner:
    """Somebody whose wallet was opened to have its key made here."""

    def __init__(self) -> None:
        self.user = person()
        self.client = client_of(self.user)
        opened = self.open()
        assert opened.status_code == 201, opened.content
        self.wallet = Wallet.objects.get(number=opened.json()["number"])
        self.url = f"{API}/wallets/{self.wallet.number}/private-key"

    def open(self, **changes: Any) -> Any:
        return opening(self.client, **changes)

    def get(self) -> Any:
        return self.client.get(self.url)

    def key(self) -> PrivateKey:
        return decrypted(self.get().json()["jwe"])

    def proof(self, key: PrivateKey, **changes: Any) -> str:
        url = f"{API}/offline/devices/challenge"
        asked = self.client.post(url, {"wallet_id": self.wallet.number}, format="json").json()
        body = {
            "audience": asked["aud"],
            "challenge": asked["challenge"],
            "wallet": self.wallet.number,
            "key": key.public,
            "issued_at": int(time.time()),
        }
        return sign(Possession(**body | changes), key).text

    def acknowledge(self, proof: str) -> Any:
        return self.client.post(f"{self.url}/ack", {"proof": proof}, format="json")


def opening(client: Any, **changes: Any) -> Any:
    body = {
        "currency": "NGN",
        "kind": "offline",
        "key_mode": "server_once",
        "export_jwk": JWK,
    } | changes
    return client.post(f"{API}/wallets", body, format="json")


def decrypted(text: str) -> PrivateKey:
    """Take a JWE apart as RFC 7516 says, with the private half of the client's key."""
    protected, wrapped, nonce, sealed, tag = text.split(".")
    header = json.loads(base64url.decode(protected))
    assert (header["alg"], header["enc"]) == ("RSA-OAEP-256", "A256GCM")
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    content_key = EXPORT._key.decrypt(base64url.decode(wrapped), oaep)
    plain = AESGCM(content_key).decrypt(
        base64url.decode(nonce),
        base64url.decode(sealed) + base64url.decode(tag),
        protected.encode(),
    )
    key = serialization.load_der_private_key(plain, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return PrivateKey(key)


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def later(minutes: int) -> None:
    """Let the exports have been given out so long ago."""
    then = timezone.now() - timedelta(minutes=minutes)
    ServerKey.objects.exclude(handed_out_at=None).update(handed_out_at=then)


def test_key_is_given_out_proved_and_destroyed() -> None:
    owner = Owner()

    answer = owner.get()
    key = decrypted(answer.json()["jwe"])
    assert answer.json()["device"] == key.public.key_id
    assert answer["Cache-Control"] == "no-store"
    acknowledged = owner.acknowledge(owner.proof(key))

    assert acknowledged.status_code == 201
    assert acknowledged.json()["device"] == key.public.key_id
    assert acknowledged.json()["tier"] == "basic"
    export = ServerKey.objects.get()
    assert (export.jwe, export.is_over(timezone.now())) == ("", True)
    assert Event.objects.get(type="offline.private_key_exported").owner_id == owner.user.id


def test_what_was_given_out_pays() -> None:
    owner = Owner()
    key = owner.key()
    owner.acknowledge(owner.proof(key))
    fund(owner.wallet, Money.of("100.00", "NGN"))
    body = {"device": key.public.key_id, "amount": "60.00", "currency": "NGN"}

    answer = owner.client.post(f"{API}/offline/certificates", body, format="json")

    assert answer.status_code == 201


def test_lost_answer_is_given_again_to_the_letter() -> None:
    owner = Owner()
    first = owner.get()
    later(9)

    assert owner.get().content == first.content
    assert Event.objects.filter(type="offline.private_key_exported").count() == 2


def test_enrolling_the_usual_way_acknowledges_too() -> None:
    owner = Owner()
    body = {"wallet_id": owner.wallet.number, "proof": owner.proof(owner.key())}

    answer = owner.client.post(f"{API}/offline/devices", body, format="json")

    assert (answer.status_code, answer.json()["tier"]) == (201, "basic")
    assert ServerKey.objects.get().jwe == ""
    assert said(owner.get()) == (410, "key_export_ended")


def test_after_acknowledging_there_is_nothing_more() -> None:
    owner = Owner()
    key = owner.key()
    proof = owner.proof(key)
    owner.acknowledge(proof)

    assert [said(owner.get()) for _ in range(2)] == [(410, "key_export_ended")] * 2
    assert said(owner.acknowledge(proof)) == (410, "key_export_ended")
    assert said(owner.acknowledge(owner.proof(key))) == (410, "key_export_ended")
    assert Device.objects.count() == 1


def test_after_ten_minutes_there_is_nothing_more() -> None:
    owner = Owner()
    proof = owner.proof(owner.key())
    later(10)

    assert said(owner.acknowledge(proof)) == (410, "key_export_ended")
    assert said(owner.get()) == (410, "key_export_ended")
    assert ServerKey.objects.get().jwe == ""
    assert not Device.objects.exists()


def test_exports_that_nobody_asks_for_again_are_destroyed() -> None:
    Owner().get()
    later(10)
    other = Owner()
    other.get()

    assert destroy_due_exports(now=timezone.now()) == 1
    assert ServerKey.objects.exclude(jwe="").get().wallet == other.wallet


def test_stranger_finds_nothing() -> None:
    owner, stranger = Owner(), client_of(person())
    proof = owner.proof(owner.key())

    assert stranger.get(owner.url).status_code == 404
    answer = stranger.post(f"{owner.url}/ack", {"proof": proof}, format="json")
    assert answer.status_code == 404
    assert ServerKey.objects.get().jwe


def test_api_key_gets_none_and_asks_for_none() -> None:
    owner = Owner()
    client = program(key_of(owner.user, "read", "transfer", "offline")[1])

    assert client.get(owner.url).status_code == 403
    assert client.post(f"{owner.url}/ack", {"proof": "x"}, format="json").status_code == 403
    assert opening(client, currency="USD").status_code == 403
    assert Wallet.objects.count() == 1
    assert not ServerKey.objects.get().is_made


def test_it_wants_a_recent_login() -> None:
    owner = Owner()
    long_ago = timezone.now() - timedelta(minutes=16)
    TokenFamily.objects.filter(user=owner.user).update(authenticated_at=long_ago)

    assert said(owner.get()) == (401, "reauthentication_required")
    assert owner.acknowledge("x").status_code == 401
    assert not ServerKey.objects.get().is_made


def test_where_it_is_not_allowed_devices_hold_their_keys(settings: Any) -> None:
    owner = Owner()
    settings.OFFLINE_SERVER_KEYGEN = False

    assert said(owner.get()) == (409, "key_held_by_device")
    assert said(owner.open(currency="USD")) == (409, "key_held_by_device")
    assert Wallet.objects.count() == 1
    assert not ServerKey.objects.get().is_made


def test_device_that_made_its_key_keeps_it() -> None:
    phone, owner = Phone(), Owner()
    own = PrivateKey.generate()
    body = {"wallet_id": owner.wallet.number, "proof": owner.proof(own)}
    assert owner.client.post(f"{API}/offline/devices", body, format="json").status_code == 201

    for client, wallet in ((phone.client, phone.wallet), (owner.client, owner.wallet)):
        answer = client.get(f"{API}/wallets/{wallet.number}/private-key")
        assert said(answer) == (409, "key_held_by_device")
    assert said(owner.acknowledge(owner.proof(own))) == (409, "key_held_by_device")


def test_another_key_acknowledges_nothing() -> None:
    owner = Owner()
    owner.get()

    answer = owner.acknowledge(owner.proof(PrivateKey.generate()))

    assert said(answer) == (422, "proof_not_valid")
    assert ServerKey.objects.get().jwe
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"export_jwk": JWK | {"d": "AQAB"}},
        {"export_jwk": JWK | {"alg": "RSA-OAEP"}},
        {"export_jwk": JWK | {"use": "sig"}},
        {"export_jwk": {"kty": "EC"}},
        {"export_jwk": JWK | {"e": "Aw"}},
        {"export_jwk": JWK | {"n": JWK["n"][:171]}},
        {"export_jwk": "x"},
        {"export_jwk": None},
        {"key_mode": "device"},
        {"key_mode": "server"},
        {"kind": "current"},
    ],
)
def test_other_openings_are_refused_and_open_nothing(changes: dict[str, Any]) -> None:
    answer = opening(client_of(person()), **changes)

    assert answer.status_code in (400, 422)
    assert not Wallet.objects.exists()


def test_remarks_of_browsers_are_no_obstacle() -> None:
    jwk = JWK | {"alg": "RSA-OAEP-256", "ext": True, "key_ops": ["encrypt"]}

    assert opening(client_of(person()), export_jwk=jwk).status_code == 201
