"""A day of the provider's books against ours: what was broken on purpose is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from events.models import Event
from payments import operations, queries
from payments.errors import ProviderUnavailable
from payments.models import Deposit, ReconciliationLine, ReconciliationRun
from payments.providers.registry import provider
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator
from payments.tests.payouts import ask_for, beneficiary_of, fund, let_happen, send, settle
from payments.tests.reconciling import compare, paid, stored
from wallets.models import Wallet


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    return paid(wallet, simulator)


def at_provider(deposit: Deposit) -> SimulatedPayment:
    return SimulatedPayment.objects.get(reference=deposit.provider_reference)


def test_matches_what_agrees(deposit: Deposit) -> None:
    found = compare(deposit)

    assert (found.verdict.state, found.verdict.cause) == ("matched", "")
    assert found.theirs_minor == found.ours_minor > 0
    line = stored(deposit)
    assert (line.state, line.difference_minor) == ("matched", 0)
    assert Event.objects.filter(type="reconciliation.completed", subject=str(line.run)).exists()


def test_names_a_webhook_that_never_came_until_it_does(
    simulator: Simulator, wallet: Wallet
) -> None:
    lost = paid(wallet, simulator, told=False)

    found = compare(lost)
    assert (found.verdict.state, found.verdict.cause) == ("missing_here", "late_webhook")

    operations.settle_deposit(
        deposit_id=lost.pk,
        provider_reference=lost.provider_reference,
        provider=provider("paystack"),
        now=timezone.now(),
    )
    assert compare(lost).verdict.state == "matched"
    assert stored(lost).state == "matched"


def test_names_another_amount_and_another_fee(deposit: Deposit) -> None:
    rows = SimulatedPayment.objects.filter(pk=at_provider(deposit).pk)
    rows.update(fees_minor=F("fees_minor") + 100)
    found = compare(deposit)
    assert (found.verdict.state, found.verdict.cause) == ("different", "fee_difference")
    assert found.theirs_minor == found.ours_minor - 100

    rows.update(paid_minor=F("paid_minor") - 5000)
    found = compare(deposit)
    assert (found.verdict.state, found.verdict.cause) == ("different", "amount_difference")


def test_names_what_the_provider_does_not_have(deposit: Deposit) -> None:
    SimulatedPayment.objects.filter(pk=at_provider(deposit).pk).delete()

    found = compare(deposit)

    assert (found.verdict.state, found.verdict.cause) == ("missing_there", "not_listed_yet")


def test_names_a_payment_that_is_none_of_ours(deposit: Deposit) -> None:
    SimulatedPayment.objects.filter(pk=at_provider(deposit).pk).update(reference="SOMEBODY-ELSES")

    assert compare("SOMEBODY-ELSES").verdict.cause == "no_record"


def test_names_a_payout_that_we_do_not_know_the_end_of(
    origin: str, alice: User, wallet: Wallet
) -> None:
    fund(wallet)
    payout = send(ask_for(wallet, beneficiary_of(alice.pk), now=timezone.now()), timezone.now())
    let_happen()
    found = compare(payout)
    assert (found.verdict.state, found.verdict.cause) == ("missing_here", "not_concluded")
    assert found.theirs_minor < 0

    settle(payout, timezone.now())

    assert compare(payout).verdict.state == "matched"


def test_shows_without_storing(deposit: Deposit) -> None:
    runs = ReconciliationRun.objects.count()

    assert compare(deposit, apply=False).verdict.state == "matched"

    assert ReconciliationRun.objects.count() == runs
    assert not ReconciliationLine.objects.filter(key=deposit.reference).exists()


def test_twice_is_one_line(deposit: Deposit) -> None:
    compare(deposit)
    compare(deposit)

    assert ReconciliationLine.objects.filter(key=deposit.reference).count() == 1


def test_stores_nothing_when_the_provider_does_not_list(
    deposit: Deposit, simulator: Simulator
) -> None:
    runs = ReconciliationRun.objects.count()
    simulator.set_faults(error=1)

    with pytest.raises(ProviderUnavailable):
        compare(deposit)

    assert ReconciliationRun.objects.count() == runs


def test_never_asks_inside_a_transaction(deposit: Deposit) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        compare(deposit)


def test_what_was_compared_never_changes(deposit: Deposit) -> None:
    compare(deposit)
    line = stored(deposit)

    for forbidden in (
        lambda: ReconciliationRun.objects.filter(pk=line.run_id).update(broken=0, matched=1),
        lambda: ReconciliationLine.objects.filter(pk=line.pk).update(key="another"),
        lambda: ReconciliationLine.objects.filter(pk=line.pk).update(
            adjusted_minor=1, theirs_minor=F("theirs_minor") + 1
        ),
        lambda: ReconciliationLine.objects.filter(pk=line.pk).update(theirs_minor=0),
        lambda: ReconciliationLine.objects.filter(pk=line.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()


def test_each_day_that_ended_is_compared_once(deposit: Deposit) -> None:
    now = timezone.now() + timedelta(days=1)
    days = [(now - timedelta(days=back)).date() for back in (1, 2, 3)]

    operations.reconcile_days(now=now)
    assert all(queries.was_reconciled(provider="paystack", day=day) for day in days)
    runs = ReconciliationRun.objects.filter(provider="paystack").count()
    operations.reconcile_days(now=now)

    assert ReconciliationRun.objects.filter(provider="paystack").count() == runs
