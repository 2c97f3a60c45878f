"""Every kind of message: written and read back, and refused with anything else in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.messages import (
    Certificate,
    Limits,
    Malformed,
    MessageRefusal,
    PrivateKey,
    PublicKey,
    Request,
    RevocationDelta,
    RevocationList,
    StaticRequest,
    Voucher,
    WeakKey,
    base64url,
    read,
    read_revocations,
    sign,
    strict_json,
)
from offline.messages.jws import LARGEST_PAYLOAD, Jws
from offline.messages.members import Body
from offline.tests.messages import keys, samples

EVERY = samples.every()
_IDS = [type(body).__name__ for body, _ in EVERY]
_WRONG: list[Any] = [None, True, False, [], {}, [[]], "", "\u0000", -(2**53), 2**53, 2**63]
each = pytest.mark.parametrize(("body", "key"), EVERY, ids=_IDS)


def signed_members(body: Body, key: PrivateKey, members: dict[str, Any]) -> str:
    return Jws.sign(typ=body.TYP, payload=strict_json.write(members), key=key).text


@each
def test_what_is_written_reads_back(body: Body, key: PrivateKey) -> None:
    made = sign(body, key)
    message = read(type(body), made.text)

    assert message.verify(key.public) == body
    assert message.vid == made.vid
    assert message.kid == key.public.key_id
    claims = jwt.decode(
        made.text,
        jwt.PyJWK(key.public.jwk(), algorithm="PS256").key,
        algorithms=["PS256"],
        options={
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "verify_aud": False,
        },
    )
    assert claims == body.to_members()


@each
def test_the_same_body_signed_twice_is_the_same_message(body: Body, key: PrivateKey) -> None:
    one, other = sign(body, key), sign(body, key)

    assert one.text != other.text
    assert one.vid == other.vid
    assert len(one.vid) == 43


@each
def test_a_member_missing_or_too_many_is_refused(body: Body, key: PrivateKey) -> None:
    members = body.to_members()
    for name in members:
        rest = {other: value for other, value in members.items() if other != name}
        if isinstance(body, Request) and name in {"amt", "mem"}:
            read(Request, signed_members(body, key, rest))
            continue
        with pytest.raises(Malformed):
            read(type(body), signed_members(body, key, rest))
    for more in ("x", "V", "", "alg", "__class__"):
        with pytest.raises(Malformed):
            read(type(body), signed_members(body, key, members | {more: 1}))


@each
def test_a_member_of_another_type_is_refused(body: Body, key: PrivateKey) -> None:
    members = body.to_members()
    for name in members:
        for other in _WRONG:
            if name == "nam" and other == "":
                continue
            if name in {"rvk", "add", "del"} and other == []:
                continue
            if name in {"aud", "iss", "mem", "txn"} and other == "":
                continue
            with pytest.raises(MessageRefusal):
                read(type(body), signed_members(body, key, members | {name: other}))


@each
def test_no_member_can_change_under_a_signature(body: Body, key: PrivateKey) -> None:
    header, payload, signature = sign(body, key).text.split(".")
    members = strict_json.read(base64url.decode(payload))
    for name, value in members.items():
        changed = base64url.encode(strict_json.write(members | {name: _other(value)}))
        with pytest.raises(MessageRefusal):
            read(type(body), f"{header}.{changed}.{signature}").verify(key.public)


def _other(value: Any) -> Any:
    """A value of the same type that differs: what somebody would change it to."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value.endswith("0") else "0")
    if isinstance(value, list):
        return [*value, samples.OTHER_ID]
    return value | {name: _other(below) for name, below in value.items()}


@given(data=st.data())
def test_no_bit_can_flip(data: st.DataObject) -> None:
    body, key = data.draw(st.sampled_from(EVERY))
    text = sign(body, key).text
    parts = [bytearray(base64url.decode(part)) for part in text.split(".")]
    part = data.draw(st.sampled_from(parts))
    bit = data.draw(st.integers(0, len(part) * 8 - 1))
    part[bit // 8] ^= 1 << bit % 8

    with pytest.raises(MessageRefusal):
        read(type(body), ".".join(base64url.encode(bytes(p)) for p in parts)).verify(key.public)


@given(data=st.data())
def test_no_character_can_change_in_what_is_written(data: st.DataObject) -> None:
    body, key = data.draw(st.sampled_from(EVERY))
    text = sign(body, key).text
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda c: c != text[at]))

    with pytest.raises(MessageRefusal):
        read(type(body), text[:at] + other + text[at + 1 :]).verify(key.public)


@given(text=st.text() | st.binary() | st.none() | st.integers())
def test_anything_else_is_malformed(text: object) -> None:
    with pytest.raises(Malformed):
        read(Voucher, text)


def test_white_space_in_a_payload_is_part_of_what_is_signed() -> None:
    key, members = keys.device("alice"), samples.voucher().to_members()
    spaced = strict_json.write(members).replace(b",", b" ,\n")
    message = read(Voucher, Jws.sign(typ="ofp-vch", payload=spaced, key=key).text)

    assert message.verify(key.public) == samples.voucher()
    assert message.vid != sign(samples.voucher(), key).vid


def test_a_payload_has_a_largest_size() -> None:
    key, payload = keys.device("alice"), strict_json.write(samples.voucher().to_members())
    fits = payload.ljust(LARGEST_PAYLOAD)

    read(Voucher, Jws.sign(typ="ofp-vch", payload=fits, key=key).text)
    with pytest.raises(Malformed):
        read(Voucher, Jws.sign(typ="ofp-vch", payload=fits + b" ", key=key).text)


@pytest.mark.parametrize("name", ["A" * 64, "", "é" * 64, "👛" * 64, "Åsa"])
def test_names_have_64_characters_at_most(name: str) -> None:
    body = replace(samples.certificate(), name=name)

    assert read(Certificate, sign(body, keys.issuer()).text).body.name == name


@pytest.mark.parametrize("name", ["A" * 65, "a\tb", "a\x00", "e\u0301", "\ud800", "\u212b"])
def test_other_names_are_never_signed(name: str) -> None:
    with pytest.raises(Malformed):
        sign(replace(samples.certificate(), name=name), keys.issuer())


def test_half_a_surrogate_pair_is_malformed() -> None:
    payload = strict_json.write(samples.certificate().to_members())
    for escaped in (rb"\ud800", rb"\udc00", rb"\u0000", rb"\u001f", rb"e\u0301"):
        altered = payload.replace(b"A. K***", escaped)
        with pytest.raises(Malformed):
            read(Certificate, Jws.sign(typ="ofp-cert", payload=altered, key=keys.issuer()).text)
    whole = payload.replace(b"A. K***", rb"\ud83d\udc5b")
    text = Jws.sign(typ="ofp-cert", payload=whole, key=keys.issuer()).text
    assert read(Certificate, text).body.name == "👛"


def test_a_certificate_is_of_the_device_whose_key_it_holds() -> None:
    members = samples.certificate().to_members()
    other = keys.device("bob").public
    for wrong in ({"did": other.key_id}, {"key": other.members()}):
        with pytest.raises(Malformed):
            Certificate.from_members(members | wrong)
    even = {"e": "AQAB", "n": base64url.encode(b"\xff" * 255 + b"\xfe")}
    with pytest.raises(WeakKey):
        Certificate.from_members(members | {"key": even})
    with pytest.raises(Malformed):
        Certificate.from_members(members | {"key": other.jwk()})


def test_limits_are_three_numbers() -> None:
    for wrong in (
        {"vch": 1, "cum": 1},
        {"vch": 1, "cum": 1, "cnt": 1, "x": 1},
        {"vch": -1, "cum": 1, "cnt": 1},
        {"vch": True, "cum": 1, "cnt": 1},
        [1, 1, 1],
    ):
        with pytest.raises(Malformed):
            Limits.read(wrong)


def test_numbers_of_a_voucher_are_whole_and_their_limits_are_the_certificates() -> None:
    members = samples.voucher().to_members()
    for amount in (0, -1, 2**53 - 1, -(2**53 - 1)):
        assert Voucher.from_members(members | {"amt": amount}).amount_minor == amount
    for wrong in (2**53, 1.0, "50000", True, None, 1e3):
        with pytest.raises(Malformed):
            Voucher.from_members(members | {"amt": wrong})


def test_a_request_asks_for_something_or_leaves_it_open() -> None:
    members = samples.every()[2][0].to_members()
    open_one = {name: value for name, value in members.items() if name not in {"amt", "mem"}}

    assert Request.from_members(open_one).amount_minor is None
    assert Request.from_members(open_one).to_members() == open_one
    for wrong in (0, -1):
        with pytest.raises(Malformed):
            Request.from_members(members | {"amt": wrong})


def test_a_printed_code_is_good_for_a_year() -> None:
    members = samples.every()[3][0].to_members()
    iat = members["iat"]

    StaticRequest.from_members(members | {"exp": iat + 366 * 86_400})
    with pytest.raises(Malformed):
        StaticRequest.from_members(members | {"exp": iat + 366 * 86_400 + 1})


@pytest.mark.parametrize(
    "number", ["123456789012", "12345678901234", "123456789012x", "\u0661" * 13, 1]
)
def test_a_wallet_number_is_13_digits(number: object) -> None:
    with pytest.raises(Malformed):
        Voucher.from_members(samples.voucher().to_members() | {"to": number})


def test_lists_and_deltas_are_told_apart() -> None:
    for body, key in EVERY:
        if isinstance(body, RevocationList | RevocationDelta):
            message = read_revocations(sign(body, key).text)
            assert message.verify(key.public) == body
        else:
            with pytest.raises(Malformed):
                read_revocations(sign(body, key).text)


def test_a_list_may_be_long() -> None:
    devices = tuple(base64url.encode(number.to_bytes(16, "big")) for number in range(10_000))
    body = RevocationList(issuer="x", number=1, issued_at=1, next_at=2, revoked=devices)

    text = sign(body, keys.issuer()).text
    assert read_revocations(text).body == body
    with pytest.raises(Malformed):
        read(RevocationList, text)


def test_a_key_of_3072_bits_signs_for_a_device_too() -> None:
    key = keys.issuer()
    body = replace(samples.voucher(), payer_device=key.public.key_id)

    assert isinstance(key.public, PublicKey)
    assert read(Voucher, sign(body, key).text).verify(key.public) == body
