from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from payments import locks, queries
from payments.judgement import Finding, Judgement
from payments.models import Deposit
from payments.operations.settle_deposit import settle_deposit
from payments.providers.registry import provider

# A provider that fails this often in a row is away, and the next sweep is soon enough.
MOST_UNKNOWN_IN_A_ROW = 5


def sweep_deposits(*, now: datetime, limit: int = 200) -> dict[str, Finding]:
    """Ask the providers about every deposit whose time has come; returns what was found.

    This is what credits a payment whose webhook never came, and the only thing that lets a
    deposit expire: when it is old enough and the provider says that it is not paid.
    """
    period = timedelta(seconds=settings.PURSER_SWEEP_SECONDS)
    found: dict[str, Finding] = {}
    unknown = 0
    for deposit in locks.claim_deposits_to_ask(now=now, period=period, limit=limit):
        finding = ask_about_deposit(deposit=deposit, now=now)
        found[deposit.reference] = finding
        unknown = unknown + 1 if finding == Finding.UNKNOWN else 0
        if unknown >= MOST_UNKNOWN_IN_A_ROW:
            break
    return found


def ask_about_deposit(*, deposit: Deposit, now: datetime) -> Finding:
    """Ask about each attempt, the one in force first, until one was paid; do what follows.

    Refuses to run inside a transaction: it talks to a provider.
    """
    judgement = Judgement(Finding.UNKNOWN)
    for provider_reference in queries.attempts(deposit):
        judgement = settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=provider_reference,
            provider=provider(deposit.provider),
            now=now,
        )
        if judgement.finding in {Finding.CREDIT, Finding.MISMATCH, Finding.UNKNOWN}:
            break
    return judgement.finding
