from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from payments import judgement, queries
from payments.judgement import Finding, PayoutFinding
from payments.models import Deposit, Payout
from payments.operations.keep_conversation import told
from payments.operations.settle_deposit import settle_deposit
from payments.operations.settle_payout import ask_about_payout, settle_payout
from payments.providers import patience
from payments.providers.base import Provider

_OF_DEPOSITS = {
    Deposit.Status.PENDING: {Finding.UNPAID, Finding.IN_PROGRESS, Finding.FAILED},
    Deposit.Status.COMPLETED: {Finding.CREDIT},
    Deposit.Status.FAILED: {Finding.UNPAID, Finding.FAILED, Finding.IN_PROGRESS},
    Deposit.Status.EXPIRED: {Finding.UNPAID, Finding.FAILED, Finding.IN_PROGRESS},
}
_OF_PAYOUTS = {
    Payout.Status.PENDING: {PayoutFinding.PENDING},
    Payout.Status.PROCESSING: {PayoutFinding.PENDING},
    Payout.Status.COMPLETED: {PayoutFinding.SUCCEEDED},
    Payout.Status.FAILED: {PayoutFinding.FAILED, PayoutFinding.NOT_FOUND, PayoutFinding.PENDING},
    Payout.Status.CANCELLED: {
        PayoutFinding.CANCELLED,
        PayoutFinding.NOT_FOUND,
        PayoutFinding.PENDING,
    },
    Payout.Status.REVERSED: {
        PayoutFinding.REVERSED,
        PayoutFinding.FAILED,
        PayoutFinding.CANCELLED,
    },
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What we have, what the provider says, and what became of it where it was acted on."""

    reference: str
    ours: str
    theirs: str
    now: str = ""


def sync_provider(
    *, provider: Provider, since: datetime, now: datetime, apply: bool
) -> Iterator[Difference]:
    """Ask a provider about every deposit and payout that was started `since`.

    Yields those of which it says something else than we have. With `apply`, what follows from
    that is done, as a webhook would have; otherwise nothing is changed. Asks once for each, so
    it refuses to run inside a transaction.
    """
    for deposit in queries.deposits_since(provider=provider.name, since=since):
        yield from _sync_deposit(deposit, provider, now, apply=apply)
    for payout in queries.payouts_since(provider=provider.name, since=since):
        yield from _sync_payout(payout, provider, now, apply=apply)


def _sync_deposit(
    deposit: Deposit, provider: Provider, now: datetime, *, apply: bool
) -> Iterator[Difference]:
    ask = partial(provider.verify_payment, deposit.provider_reference)
    outcome = told(
        patience.again(provider.name, ask),
        provider=provider.name,
        question="verify_payment",
        reference=deposit.provider_reference,
    )
    found = judgement.judge(outcome, expected=deposit.amount)
    ours = Deposit.Status(deposit.status)
    if found.finding in _OF_DEPOSITS[ours]:
        return
    if apply:
        settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=deposit.provider_reference,
            provider=provider,
            now=now,
        )
        deposit.refresh_from_db()
    then = deposit.status if apply else ""
    yield Difference(deposit.reference, ours, _spell(found.finding, found.reason), then)


def _sync_payout(
    payout: Payout, provider: Provider, now: datetime, *, apply: bool
) -> Iterator[Difference]:
    found = ask_about_payout(payout_id=payout.pk, provider=provider)
    ours = Payout.Status(payout.status)
    if found.finding in _OF_PAYOUTS[ours]:
        return
    if apply:
        settle_payout(payout_id=payout.pk, provider=provider, now=now)
        payout.refresh_from_db()
    then = payout.status if apply else ""
    yield Difference(payout.reference, ours, _spell(found.finding, found.reason), then)


def _spell(finding: str, reason: str) -> str:
    return f"{finding} ({reason})" if reason else finding
