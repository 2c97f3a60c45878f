from __future__ import annotations

import math

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from offline.messages import (
    BadSignature,
    Malformed,
    PrivateKey,
    PublicKey,
    WeakKey,
    base64url,
    issuer_keys,
)
from offline.tests.messages import keys


def jwk(modulus: int, exponent: int = 65537) -> dict[str, str]:
    def number(value: int) -> str:
        return base64url.encode(value.to_bytes(-(-value.bit_length() // 8), "big"))

    return {"e": number(exponent), "n": number(modulus)}


def good() -> int:
    return keys.device("alice").public.modulus


def test_a_key_reads_back() -> None:
    key = keys.device("alice").public

    assert PublicKey.from_jwk(key.jwk()) == key
    assert PublicKey.from_jwk(key.members()) == key
    assert len(key.key_id) == 22
    assert key.bits == 2048
    assert keys.issuer().public.bits == 3072


def test_a_private_key_is_kept_under_a_password() -> None:
    key = keys.device("alice")
    pem = key.pem(password=b"1234")

    assert b"ENCRYPTED" in pem
    assert PrivateKey.from_pem(pem, password=b"1234").public == key.public
    assert PrivateKey.from_pem(key.pem()).public == key.public
    for password in (b"1235", None):
        with pytest.raises(Malformed):
            PrivateKey.from_pem(pem, password=password)


def test_other_private_keys_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    for pem in (b"", b"no pem", _pem(curve)):
        with pytest.raises(Malformed):
            PrivateKey.from_pem(pem)
    for weak in (rsa.generate_private_key(3, 2048), _short()):
        with pytest.raises(WeakKey):
            PrivateKey.from_pem(_pem(weak))


def _short() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to see it refused


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize("bits", [1024, 2047, 2049, 2056, 3071, 4096])
def test_other_sizes_are_weak(bits: int) -> None:
    with pytest.raises(WeakKey):
        PublicKey.from_jwk(jwk((1 << (bits - 1)) | 1))


@pytest.mark.parametrize("exponent", [1, 3, 17, 65536, 65539])
def test_other_exponents_are_weak(exponent: int) -> None:
    with pytest.raises(WeakKey):
        PublicKey.from_jwk(jwk(good(), exponent))


def test_a_modulus_with_a_small_factor_is_weak() -> None:
    for prime in (2, 3, 5, 1987, 1993, 1997, 1999):
        modulus = (1 << 2047) // prime * prime + prime
        assert modulus.bit_length() == 2048
        with pytest.raises(WeakKey):
            PublicKey.from_jwk(jwk(modulus))


def test_two_keys_with_one_prime_give_each_other_away() -> None:
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    other = rsa.generate_private_key(65537, 2048).private_numbers()
    shared = PublicKey(numbers.p * max(other.p, other.q))
    moduli = [good(), numbers.p * numbers.q]

    assert shared.shares_a_prime(moduli)
    assert not shared.shares_a_prime([good(), shared.modulus])
    assert math.gcd(shared.modulus, moduli[1]) == numbers.p


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "key",
        {},
        {"n": "AQAB"},
        {"e": "AQAB"},
        {"e": "AQAB", "n": 5},
        {"e": 65537, "n": "AQAB"},
        {"e": "AQAB", "n": "", "kty": "RSA"},
        {"e": "AQAB", "n": "AQAB", "kty": "EC"},
        {"e": "AQAB", "n": "AQAB", "d": "AQAB"},
        {"e": "AQAB", "n": "A"},
    ],
)
def test_what_is_no_key_is_malformed(wrong: object) -> None:
    with pytest.raises(Malformed):
        PublicKey.from_jwk(wrong)


def test_a_modulus_has_no_zeros_in_front() -> None:
    padded = base64url.encode(b"\0" + good().to_bytes(256, "big"))

    with pytest.raises(Malformed):
        PublicKey.from_jwk({"e": "AQAB", "n": padded})


@pytest.mark.parametrize("salt", [0, 20, 31, 33, 64, 222])
def test_only_a_salt_of_32_bytes_verifies(salt: int) -> None:
    private = rsa.generate_private_key(65537, 2048)
    key = PublicKey(private.public_key().public_numbers().n)
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt)

    with pytest.raises(BadSignature):
        key.verify(signature=private.sign(b"text", pss, hashes.SHA256()), signed=b"text")


def test_signatures_differ_and_all_verify() -> None:
    key = keys.device("alice")
    signatures = {key.sign(b"text") for _ in range(5)}

    assert len(signatures) == 5
    for signature in signatures:
        key.public.verify(signature=signature, signed=b"text")
        with pytest.raises(BadSignature):
            key.public.verify(signature=signature, signed=b"texT")
        with pytest.raises(BadSignature):
            keys.device("bob").public.verify(signature=signature, signed=b"text")


def test_a_jwks_gives_keys_by_id() -> None:
    key = keys.issuer().public
    listed = {**key.jwk(), "kid": key.key_id, "use": "sig", "alg": "PS256"}
    elliptic = {"kty": "EC", "crv": "P-256", "kid": "x"}

    assert issuer_keys({"keys": [listed, elliptic], "issuer": "x"}) == {key.key_id: key}
    assert jwt.PyJWK(listed).key.public_numbers().n == key.modulus
    wrong: list[object] = [None, {}, [listed | {"kid": "x"}], [listed | {"n": 1}]]
    for other in wrong:
        with pytest.raises(Malformed):
            issuer_keys({"keys": other})
