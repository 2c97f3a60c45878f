from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.messages import (
    BadSignature,
    Certificate,
    Closing,
    ForkKind,
    Malformed,
    NoProof,
    PrivateKey,
    Signed,
    Voucher,
    contradiction,
    prove_fork,
    sign,
)
from offline.tests.messages import keys, samples


def voucher(
    counter: int, *, amount: int, total: int, previous: str = samples.VID, key: str = "alice"
) -> Signed[Voucher]:
    body = replace(
        samples.voucher(),
        counter=counter,
        amount_minor=amount,
        cumulative_minor=total,
        previous=previous,
    )
    return sign(body, keys.device(key))


def certificate() -> Signed[Certificate]:
    return sign(samples.certificate(), keys.issuer())


def closing(counter: int) -> Signed[Closing]:
    body = Closing(
        certificate_id=samples.ID,
        counter=counter,
        cumulative_minor=0,
        head=samples.VID,
        issued_at=samples.NOW,
    )
    return sign(body, keys.device("alice"))


@given(amounts=st.lists(st.integers(1, 1_000), min_size=2, max_size=6))
def test_an_honest_chain_contradicts_nothing(amounts: list[int]) -> None:
    chain: list[Signed[Voucher]] = []
    total = 0
    for counter, amount in enumerate(amounts, 1):
        total += amount
        previous = chain[-1].vid if chain else samples.VID
        chain.append(voucher(counter, amount=amount, total=total, previous=previous))

    assert {contradiction(one, other) for one in chain for other in chain} == {None}


def test_a_voucher_signed_again_is_no_contradiction() -> None:
    one, again = (voucher(1, amount=5, total=5) for _ in range(2))

    assert one.text != again.text
    assert contradiction(one, again) is None


def test_each_way_to_cheat_has_its_name() -> None:
    first = voucher(1, amount=50, total=50)
    fine = voucher(2, amount=20, total=70, previous=first.vid)
    cases = [
        (voucher(1, amount=60, total=60), ForkKind.SAME_COUNTER),
        (voucher(2, amount=20, total=69, previous=first.vid), ForkKind.CUMULATIVE_ORDER),
        (voucher(5, amount=20, total=69), ForkKind.CUMULATIVE_ORDER),
        (voucher(2, amount=20, total=20, previous=first.vid), ForkKind.CUMULATIVE_ORDER),
        (voucher(2, amount=20, total=70, previous=samples.OTHER_VID), ForkKind.CHAIN),
        (voucher(2, amount=20, total=71, previous=first.vid), ForkKind.CHAIN),
        (voucher(3, amount=20, total=90), None),
        (fine, None),
    ]
    for other, kind in cases:
        assert contradiction(first, other) == kind
        assert contradiction(other, first) == kind


def test_a_proof_needs_only_the_issuers_key() -> None:
    first, other = voucher(2, amount=5, total=55), voucher(2, amount=6, total=56)
    proof = {"cert": certificate().text, "a": first.text, "b": other.text}

    found = prove_fork(**proof, kind="same_ctr", issuer=keys.issuer().public)

    assert found.body == samples.certificate()
    for kind in ("cum_order", "chain", "", "SAME_CTR"):
        with pytest.raises(NoProof):
            prove_fork(**proof, kind=kind, issuer=keys.issuer().public)
    with pytest.raises(Malformed):
        prove_fork(**proof, kind="after_close", issuer=keys.issuer().public)
    with pytest.raises(BadSignature):
        prove_fork(**proof, kind="same_ctr", issuer=keys.device("bob").public)


def test_a_voucher_beyond_the_closing_is_proved_by_the_statement() -> None:
    late = voucher(4, amount=5, total=75)

    def prove(statement: Signed[Closing]) -> Signed[Certificate]:
        return prove_fork(
            cert=certificate().text,
            a=late.text,
            b=statement.text,
            kind="after_close",
            issuer=keys.issuer().public,
        )

    assert prove(closing(3)).vid == certificate().vid
    with pytest.raises(NoProof):
        prove(closing(4))


def test_nobody_is_blamed_for_what_others_signed() -> None:
    honest, forged = voucher(2, amount=5, total=55), voucher(2, amount=6, total=56, key="bob")
    other_certificate = replace(honest.body, certificate_id=samples.OTHER_ID, amount_minor=7)
    foreign = sign(other_certificate, keys.device("alice"))
    attempts: list[tuple[Signed[Voucher], type[Exception]]] = [
        (forged, BadSignature),
        (honest, NoProof),
        (foreign, NoProof),
    ]
    for other, refusal in attempts:
        for a, b in ((honest, other), (other, honest)):
            with pytest.raises(refusal):
                prove_fork(
                    cert=certificate().text,
                    a=a.text,
                    b=b.text,
                    kind="same_ctr",
                    issuer=keys.issuer().public,
                )
    own = sign(samples.certificate(), PrivateKey.generate(3072))
    with pytest.raises(BadSignature):
        prove_fork(
            cert=own.text,
            a=honest.text,
            b=voucher(2, amount=6, total=56).text,
            kind="same_ctr",
            issuer=keys.issuer().public,
        )
