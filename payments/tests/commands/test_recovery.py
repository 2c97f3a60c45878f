"""The commands of people who recover: they show first, and act when told to."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import as_owner
from ledger.money import Money
from payments import queries
from payments.models import Payout, WebhookDelivery
from payments.tests.conftest import Simulator
from payments.tests.factories import start
from payments.tests.payouts import (
    ask_for,
    beneficiary_of,
    fund,
    let_happen,
    money_of_wallet,
    send,
    take_in,
    transfer_event,
)
from wallets.models import Wallet


def run(name: str, *arguments: str) -> tuple[str, int]:
    told = StringIO()
    try:
        call_command(name, *arguments, stdout=told)
    except SystemExit as end:
        return told.getvalue(), int(end.code or 0)
    return told.getvalue(), 0


@pytest.fixture
def sent(origin: str, alice: User, wallet: Wallet) -> Payout:
    fund(wallet)
    now = timezone.now()
    return send(ask_for(wallet, beneficiary_of(alice.pk), now=now), now)


def test_recover_payouts_shows_and_then_asks(sent: Payout) -> None:
    let_happen()
    told, code = run("recover_payouts", "--reference", sent.reference)
    assert sent.reference in told
    assert "Nothing was changed" in told
    sent.refresh_from_db()
    assert (code, sent.status) == (0, "processing")

    told, code = run("recover_payouts", "--reference", sent.reference, "--apply")

    sent.refresh_from_db()
    assert (code, sent.status) == (0, "completed")
    assert "succeeded" in told
    assert run("recover_payouts", "--reference", sent.reference, "--apply") == ("0 left.\n", 0)


def test_recover_payouts_says_what_is_left(sent: Payout, simulator: Simulator) -> None:
    simulator.set_faults(error=1)

    told, code = run("recover_payouts", "--reference", sent.reference, "--apply")

    assert code == 1
    assert "unknown http_502" in told


def test_recover_payouts_sends_what_is_due(origin: str, alice: User, wallet: Wallet) -> None:
    fund(wallet)
    payout = ask_for(wallet, beneficiary_of(alice.pk), now=timezone.now())

    told, code = run("recover_payouts", "--reference", payout.reference, "--apply")

    assert (code, "sent" in told) == (1, True)
    payout.refresh_from_db()
    assert payout.status == "processing"


def test_sync_provider_names_and_resolves_what_differs(
    sent: Payout, wallet: Wallet, simulator: Simulator
) -> None:
    deposit = start(wallet, "20.00", now=timezone.now())
    simulator.pay(deposit.authorization_url)
    let_happen()
    since = str((timezone.now() - timedelta(days=1)).date())
    ask = ("--provider", "paystack", "--since", since)

    told, code = run("sync_provider", *ask)
    lines = [
        line for line in told.splitlines() if line.startswith((sent.reference, deposit.reference))
    ]
    assert code == 1
    assert len(lines) == 2
    assert money_of_wallet(wallet) == ("9000.00", "1000.00")

    told, _ = run("sync_provider", *ask, "--apply")
    assert f"{sent.reference}  processing -> completed  succeeded" in told
    assert f"{deposit.reference}  pending -> completed  credit" in told
    assert money_of_wallet(wallet) == ("9020.00", "0.00")
    told, _ = run("sync_provider", *ask)
    assert sent.reference not in told


def test_replay_webhooks_shows_and_then_applies(sent: Payout) -> None:
    delivery = take_in(transfer_event("transfer.success", sent), timezone.now())
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state="given_up", next_try_at=None)
    let_happen()
    since = str((timezone.now() - timedelta(days=1)).date())
    ask = ("--since", since, "--reference", sent.provider_reference)

    told, _ = run("replay_webhooks", *ask)
    assert "1 found. Nothing was changed" in told
    told, _ = run("replay_webhooks", *ask, "--apply")

    assert "applied" in told
    sent.refresh_from_db()
    assert sent.status == "completed"


def test_set_payout_threshold(origin: str) -> None:
    with as_owner():
        run("set_payout_threshold", "KES", "--one-from", "100", "--two-from", "200.00")

    assert [
        queries.approvals_for(Money.of(amount, "KES")) for amount in ("99.99", "100", "200")
    ] == [0, 1, 2]
    for odd in (("KES", "--one-from", "x"), ("KES", "--one-from", "2", "--two-from", "1")):
        with pytest.raises(CommandError):
            run("set_payout_threshold", *odd)
