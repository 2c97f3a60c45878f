"""What every provider does with payouts, balances and settlements, shown against its simulator."""

from __future__ import annotations

from typing import Any

import pytest

from payments.providers.base import (
    BALANCE_TOO_LOW,
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    NOT_SUPPORTED,
    BankAccount,
    BeneficiaryCode,
    Capability,
    Done,
    PayoutOrder,
    PayoutState,
    Provider,
    Refused,
    SettlementKind,
    Unknown,
)
from payments.providers.registry import provider
from payments.simulators import queries
from payments.simulators.models import SimulatedPayout
from payments.tests.conftest import Simulator
from payments.tests.providers.asking import (
    CURRENCY,
    PAYOUT,
    RAW,
    REFUND,
    money,
    order,
    paid,
    pass_time,
    report,
    settled,
)


def test_tells_whose_an_account_is_where_it_can(adapter: Provider) -> None:
    account = BankAccount("0123456789", "058", CURRENCY[adapter.name])
    nobody = BankAccount("9999999999", "058", CURRENCY[adapter.name])

    answer, none = adapter.resolve_account(account), adapter.resolve_account(nobody)

    if Capability.RESOLVE_ACCOUNTS in adapter.capabilities:
        assert answer == Done(
            BankAccount(account.number, "058", account.currency, "TEST HOLDER 6789")
        )
        assert isinstance(none, Refused)
        assert none.code == NOT_FOUND
    else:
        assert isinstance(answer, Refused)
        assert answer.code == NOT_SUPPORTED


def test_an_account_has_one_code(adapter: Provider) -> None:
    assert order(adapter).beneficiary == order(adapter).beneficiary


def test_pays_out(adapter: Provider) -> None:
    wanted = order(adapter)

    first = report(adapter.send_payout(wanted))
    pass_time()
    later = report(adapter.verify_payout(wanted.reference))

    assert first.state in {PayoutState.PENDING, PayoutState.SUCCEEDED}
    assert later.state == PayoutState.SUCCEEDED
    assert (later.amount_minor, later.currency) == (10000, CURRENCY[adapter.name])
    row = SimulatedPayout.objects.get()
    assert (later.fee_minor or 0, later.provider_reference) == (row.fee_minor, row.code)
    assert queries.balances(adapter.name) == {row.currency: -10000 - row.fee_minor}


def test_sends_a_payout_once(adapter: Provider) -> None:
    wanted = order(adapter)
    adapter.send_payout(wanted)

    again = adapter.send_payout(wanted)

    if isinstance(again, Refused):
        assert again.code == DUPLICATE_REFERENCE
    else:
        assert isinstance(again, Done), again
    assert SimulatedPayout.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        ("1000000001", {PayoutState.FAILED}),
        ("1000000002", {PayoutState.SUCCEEDED, PayoutState.REVERSED}),
    ],
)
def test_a_payout_can_come_back(adapter: Provider, number: str, steps: set[PayoutState]) -> None:
    wanted = order(adapter, number)
    adapter.send_payout(wanted)

    seen = set()
    for wait in (2, 3600):
        pass_time(wait)
        seen.add(report(adapter.verify_payout(wanted.reference)).state)

    # Money that went to a connected account and came back was a transfer reversed.
    assert seen == (
        {PayoutState.REVERSED} if adapter.name == "stripe" and len(steps) == 1 else steps
    )
    assert set(queries.balances(adapter.name).values()) == {0}


def test_a_balance_that_is_too_low_refuses(adapter: Provider, simulator: Simulator) -> None:
    simulator.set_faults(low_balance=1)

    answer = adapter.send_payout(order(adapter))

    assert isinstance(answer, Refused)
    assert answer.code == BALANCE_TOO_LOW
    assert not SimulatedPayout.objects.exists()


def test_a_code_that_is_none_is_refused(adapter: Provider) -> None:
    wanted = PayoutOrder(
        adapter.spell_payout(PAYOUT), money(adapter), BeneficiaryCode("RCP_none"), ""
    )

    assert isinstance(adapter.send_payout(wanted), Refused)


def test_stops_a_payout_where_it_can(adapter: Provider) -> None:
    wanted = order(adapter, "1000000003")
    adapter.send_payout(wanted)

    answer = adapter.cancel_payout(wanted.reference)

    if Capability.CANCEL_PAYOUTS in adapter.capabilities:
        assert report(answer).state == PayoutState.CANCELLED
    else:
        assert isinstance(answer, Refused)
        assert answer.code == NOT_SUPPORTED


def test_balances_and_settlements_agree(adapter: Provider, simulator: Simulator) -> None:
    adapter.refund(paid(adapter, simulator))
    for number in ("0123456789", "1000000001"):
        wanted = order(adapter, number)
        adapter.send_payout(
            PayoutOrder(f"{wanted.reference}{number[-1]}", wanted.amount, wanted.beneficiary)
        )
    pass_time(30)

    lines = settled(adapter)
    held = adapter.balances()

    assert isinstance(held, Done), held
    sums = {row.currency: row.available_minor for row in held.value}
    assert sums == queries.balances(adapter.name)
    assert sum(line.net_minor for line in lines) == sums[CURRENCY[adapter.name]]
    kinds = sorted(line.kind for line in lines)
    assert kinds == sorted(
        [
            SettlementKind.PAYMENT,
            SettlementKind.REFUND,
            SettlementKind.PAYOUT,
            SettlementKind.PAYOUT,
            SettlementKind.REVERSAL,
        ]
    )
    named = {line.kind: line.reference for line in lines}
    assert named[SettlementKind.PAYMENT] == adapter.spell(RAW)
    assert named[SettlementKind.REFUND] == REFUND
    assert named[SettlementKind.REVERSAL] == f"{adapter.spell_payout(PAYOUT)}1"


@pytest.mark.parametrize(
    ("fault", "happened"),
    [
        ("error", False),
        ("error_after", True),
        ("timeout", False),
        ("timeout_after", True),
        ("reset", True),
        ("rate_limit", False),
    ],
)
def test_an_answer_that_does_not_come_is_unknown_whether_or_not_it_happened(
    adapter: Provider,
    simulator: Simulator,
    settings: Any,
    fault: str,
    *,
    happened: bool,
) -> None:
    wanted = order(adapter)
    settings.PROVIDER_READ_SECONDS = 0.5
    simulator.set_faults(**{fault: 1, "timeout_seconds": 1})

    assert isinstance(provider(adapter.name).send_payout(wanted), Unknown)

    assert SimulatedPayout.objects.exists() is happened
