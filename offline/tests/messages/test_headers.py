"""The header is exactly alg, kid and typ, and no trick with it verifies."""

from __future__ import annotations

from typing import Any

import pytest

from offline.messages import (
    BadSignature,
    Malformed,
    MessageRefusal,
    Voucher,
    base64url,
    read,
    strict_json,
)
from offline.tests.messages import keys, samples


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": "PS384"},
        {"alg": "ES256"},
        {"alg": "ps256"},
        {"alg": ["PS256"]},
        {"alg": None},
        {"jwk": {}},
        {"jku": "https://attacker.example"},
        {"x5u": "https://attacker.example"},
        {"x5c": []},
        {"crit": ["exp"]},
        {"zip": "DEF"},
        {"b64": False},
        {"kid": "short"},
        {"kid": 1},
        {"kid": None},
        {"typ": "JWT"},
        {"typ": "ofp-cert"},
        {"typ": "OFP-VCH"},
        {"typ": None},
        {"x": 1},
    ],
)
def test_other_headers_are_refused(header: dict[str, Any]) -> None:
    key = keys.device("alice")
    usual = {"alg": "PS256", "kid": key.public.key_id, "typ": "ofp-vch"}
    raw = strict_json.write(usual | header)
    payload = strict_json.write(samples.voucher().to_members())
    signed = f"{base64url.encode(raw)}.{base64url.encode(payload)}"
    text = f"{signed}.{base64url.encode(key.sign(signed.encode()))}"

    with pytest.raises(MessageRefusal):
        read(Voucher, text).verify(key.public)


def test_a_header_says_each_thing_once() -> None:
    key = keys.device("alice")
    usual = f'{{"alg":"PS256","kid":"{key.public.key_id}","typ":"ofp-vch","typ":"ofp-vch"}}'
    payload = strict_json.write(samples.voucher().to_members())
    signed = f"{base64url.encode(usual.encode())}.{base64url.encode(payload)}"

    with pytest.raises(Malformed):
        read(Voucher, f"{signed}.{base64url.encode(key.sign(signed.encode()))}")


def test_a_message_that_names_another_key_is_not_verified_by_this_one() -> None:
    bob = keys.device("bob").public
    header = strict_json.write({"alg": "PS256", "kid": bob.key_id, "typ": "ofp-vch"})
    payload = strict_json.write(samples.voucher().to_members())
    signed = f"{base64url.encode(header)}.{base64url.encode(payload)}"
    text = f"{signed}.{base64url.encode(keys.device('alice').sign(signed.encode()))}"

    for key in (keys.device("alice").public, bob):
        with pytest.raises(BadSignature):
            read(Voucher, text).verify(key)
