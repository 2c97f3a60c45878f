"""What a device believes of what a server answers: nothing that the issuer did not sign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from offline.device import paying, receiving, syncing
from offline.device.errors import ServerAway, UntrustedIssuer
from offline.device.stores import MemoryStore
from offline.device.syncing import Report
from offline.device.wallet import Income, Revocations, Wallet
from offline.messages import (
    BadSignature,
    Malformed,
    MessageRefusal,
    PrivateKey,
    RevocationDelta,
    RevocationList,
    Settlement,
    sign,
)
from offline.tests.device.factories import NOW, phone, receive_only, text
from offline.tests.messages import keys, samples

DAY = 86_400


def received(count: int = 1) -> MemoryStore:
    """Bob's device, which has accepted this many vouchers of Alice's."""
    alice, bob = phone("alice"), receive_only("bob")
    for _ in range(count):
        request = text(*receiving.ask(bob, now=NOW, amount_minor=100))
        payment = paying.pay(alice, request, now=NOW)
        receiving.receive(bob, text(payment.voucher, payment.certificate), now=NOW)
    return bob


def settlement(income: Income, **changes: Any) -> Settlement:
    voucher = income.signed.body
    body = Settlement(
        issuer=samples.ISSUER,
        voucher_vid=income.signed.vid,
        transaction="0198c0de-0000-7000-8000-000000000001",
        status="settled",
        amount_minor=voucher.amount_minor,
        currency=voucher.currency,
        payer=voucher.payer,
        payee=voucher.payee,
        issued_at=NOW + 60,
    )
    return replace(body, **changes)


def answer(receipt: object, *, status: str = "settled", code: str | None = None) -> dict[str, Any]:
    return {"results": [{"ref": "0001", "status": status, "code": code, "receipt": receipt}]}


def kept(wallet: Wallet, answered: dict[str, Any]) -> Report:
    report = Report()
    syncing._keep(answered, wallet.unsettled(), wallet, report)
    return report


def test_a_settlement_is_kept_when_the_issuer_signed_it() -> None:
    wallet = received().load()
    income = wallet.incomes[0]
    receipt = sign(settlement(income), keys.issuer()).text

    report = kept(wallet, answer(receipt))

    assert report.changed == [income]
    assert income.outcome.final
    assert income.outcome.settlement == receipt
    assert wallet.unsettled() == []


def test_no_other_settlement_is_believed() -> None:
    wallet = received().load()
    income = wallet.incomes[0]
    cases: list[tuple[type[Exception], object]] = [
        (MessageRefusal, None),
        (MessageRefusal, "nonsense"),
        (UntrustedIssuer, sign(settlement(income), PrivateKey.generate(3072)).text),
        (UntrustedIssuer, sign(settlement(income), keys.device("bob")).text),
        *[
            (UntrustedIssuer, sign(settlement(income, **changes), keys.issuer()).text)
            for changes in (
                {"voucher_vid": samples.VID},
                {"amount_minor": 99},
                {"currency": "USD"},
                {"payer": samples.BOB},
                {"payee": samples.ALICE},
                {"issuer": "https://other.example"},
            )
        ],
    ]
    for refusal, receipt in cases:
        with pytest.raises(refusal):
            kept(wallet, answer(receipt))
        assert income.outcome.status == ""


def test_what_is_not_decided_is_sent_again() -> None:
    for status, code, again in (
        ("pending_confirmation", None, True),
        ("disputed", "uncovered", True),
        ("retry", "internal_retry", True),
        ("rejected", "receiver_inactive", True),
        ("rejected", "over_cumulative", False),
        ("voided", "voided", False),
        ("written_off", None, False),
    ):
        wallet = received().load()
        kept(wallet, answer(None, status=status, code=code))
        assert bool(wallet.undecided) == again, status


def test_an_answer_that_does_not_fit_is_none() -> None:
    wallet = received().load()
    answers: list[dict[str, Any]] = [{}, {"results": None}, {"results": []}, {"results": [{}, {}]}]
    for wrong in answers:
        with pytest.raises(ServerAway):
            kept(wallet, wrong)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (250, [100, 100, 50])]
)
def test_batches_are_as_large_as_the_server_takes(count: int, sizes: list[int]) -> None:
    income = received().load().incomes[0]

    assert [len(batch) for batch in syncing._batches([income] * count)] == sizes


def test_a_revocation_list_replaces_and_a_delta_changes() -> None:
    issuer = keys.issuer()
    known = Revocations(1, NOW, [samples.ID])
    full = RevocationList(
        issuer=samples.ISSUER, number=5, issued_at=NOW + 9, next_at=NOW, revoked=(samples.OTHER_ID,)
    )
    delta = RevocationDelta(
        issuer=samples.ISSUER,
        number=6,
        issued_at=NOW + 10,
        next_at=NOW,
        base=1,
        added=(samples.OTHER_ID,),
        removed=(samples.ID,),
    )

    assert known.changed(sign(full, issuer).text, issuer.public) == Revocations(
        5, NOW + 9, [samples.OTHER_ID]
    )
    assert known.changed(sign(delta, issuer).text, issuer.public) == Revocations(
        6, NOW + 10, [samples.OTHER_ID]
    )
    with pytest.raises(Malformed):
        known.changed(sign(replace(delta, base=2), issuer).text, issuer.public)
    with pytest.raises(BadSignature):
        known.changed(sign(delta, keys.device("bob")).text, issuer.public)


def test_what_was_settled_long_ago_is_forgotten() -> None:
    wallet = received().load()
    income = wallet.incomes[0]
    assert not syncing._old(income, NOW + 900 * DAY)

    income.outcome.settlement = sign(settlement(income), keys.issuer()).text
    assert not syncing._old(income, NOW + 90 * DAY)
    assert syncing._old(income, NOW + 91 * DAY)
