from __future__ import annotations

import hashlib
import random

import pytest

from offline.messages import (
    BadSignature,
    Certificate,
    ForkKind,
    MessageRefusal,
    Possession,
    PublicKey,
    Settlement,
    Voucher,
    contradiction,
    packed,
    prove_fork,
    qr,
    read,
    read_revocations,
    strict_json,
)
from offline.messages.members import Body
from offline.tests.messages.vectors import (
    DOCUMENT,
    ISSUER,
    PACKED_SHA256,
    PAYEE,
    PAYER,
    SIGNED,
)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_IDS = [name for name, _, _ in SIGNED]


@pytest.mark.parametrize(("name", "kind", "key"), SIGNED, ids=_IDS)
def test_every_vector_verifies_and_is_written_as_it_was(
    name: str, kind: type[Body], key: PublicKey
) -> None:
    message = read(kind, DOCUMENT[name])

    body = message.verify(key)

    assert strict_json.write(body.to_members()) == message.jws.payload
    if name in DOCUMENT["vid"]:
        assert message.vid == DOCUMENT["vid"][name]


def test_ids_are_those_of_the_vectors() -> None:
    assert ISSUER.key_id == DOCUMENT["issuer_kid"]
    assert PAYER.key_id == DOCUMENT["sender_did"]
    assert PAYEE.key_id == DOCUMENT["receiver_did"]


def test_the_revocation_list_is_told_from_a_delta() -> None:
    listed = read_revocations(DOCUMENT["RV"])

    listed.verify(ISSUER)
    assert listed.body.to_members()["rvk"] == [DOCUMENT["sender_did"]]


@pytest.mark.parametrize(("name", "kind", "key"), SIGNED, ids=_IDS)
def test_no_character_can_be_another(name: str, kind: type[Body], key: PublicKey) -> None:
    text = DOCUMENT[name]
    chance = random.Random(name)  # noqa: S311 -- the same characters each time

    for at, character in enumerate(text):
        others = [c for c in _ALPHABET + "=.+/ " if c != character]
        for other in chance.sample(others, 2):
            refuses(kind, text[:at] + other + text[at + 1 :], key)


def test_no_voucher_with_another_character_at_any_place_of_five() -> None:
    text = DOCUMENT["V1"]
    chance = random.Random(4)  # noqa: S311

    for at, character in enumerate(text):
        for other in chance.sample([c for c in _ALPHABET if c != character], 5):
            refuses(Voucher, text[:at] + other + text[at + 1 :], PAYER)
    for last in _ALPHABET.replace(text[-1], ""):
        refuses(Voucher, text[:-1] + last, PAYER)


@pytest.mark.parametrize(("name", "kind", "key"), SIGNED, ids=_IDS)
def test_nothing_may_stand_around_or_be_missing(
    name: str, kind: type[Body], key: PublicKey
) -> None:
    text = DOCUMENT[name]
    for altered in (" " + text, text + "\n", text + "=", text + ".", text[:-1], "." + text, ""):
        refuses(kind, altered, key)


@pytest.mark.parametrize(("name", "kind", "_key"), SIGNED, ids=_IDS)
def test_no_message_passes_for_another_kind(name: str, kind: type[Body], _key: PublicKey) -> None:
    others: list[type[Body]] = [Possession, *(other for _, other, _ in SIGNED)]
    for other in others:
        if other.TYP != kind.TYP:
            with pytest.raises(MessageRefusal):
                read(other, DOCUMENT[name])


def test_another_key_verifies_nothing() -> None:
    for key in (ISSUER, PAYEE):
        with pytest.raises(BadSignature):
            read(Voucher, DOCUMENT["V1"]).verify(key)
    with pytest.raises(BadSignature):
        read(Settlement, DOCUMENT["S1"]).verify(PAYER)


def test_the_packed_text_is_that_of_the_vectors() -> None:
    text = packed.to_text([DOCUMENT["V1"], DOCUMENT["CA"]])

    assert len(text) == 2096
    assert hashlib.sha256(text.encode()).hexdigest() == PACKED_SHA256
    assert packed.from_text(text) == [DOCUMENT["V1"], DOCUMENT["CA"]]
    assert [(code.version, code.correction) for code in qr.codes(packed.from_text(text))] == [
        (27, "L")
    ]


def test_the_fork_of_the_vectors_is_proved_by_two_vouchers() -> None:
    proof = {"cert": DOCUMENT["CA"], "a": DOCUMENT["V2"], "b": DOCUMENT["V2_fork"]}

    certificate = prove_fork(**proof, kind="same_ctr", issuer=ISSUER)

    assert certificate.vid == DOCUMENT["vid"]["CA"]
    first, second, fork = (read(Voucher, DOCUMENT[name]) for name in ("V1", "V2", "V2_fork"))
    assert contradiction(fork, second) == ForkKind.SAME_COUNTER
    assert contradiction(second, first) is None
    assert contradiction(first, fork) is None
    assert read(Certificate, DOCUMENT["CA"]).body.certificate_id == first.body.certificate_id


def refuses(kind: type[Body], text: str, key: PublicKey) -> None:
    try:
        read(kind, text).verify(key)
    except MessageRefusal:
        return
    pytest.fail(f"accepted: {text}")
