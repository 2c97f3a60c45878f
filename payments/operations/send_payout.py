from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from accounts.errors import AccountRefusal
from payments import judgement, locks, queries
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Beneficiary, Payout
from payments.operations.add_beneficiary import tell_provider
from payments.operations.conclude_payout import act_on, end_unpaid, tell
from payments.operations.keep_conversation import told
from payments.providers import patience
from payments.providers.base import (
    BeneficiaryCode,
    Done,
    PayoutOrder,
    Provider,
    Refused,
    Unknown,
)

# While one worker talks to the provider about a payout, others leave it alone. A worker that
# loses this to a long pause finds the row in another state, and does nothing more to it.
LEASE = timedelta(seconds=60)


def send_payout(*, payout_id: int, provider: Provider, now: datetime) -> Payout | None:
    """Send a payout that waits for nobody else, by one call in its whole life.

    That it is about to be sent is committed first. Whatever happens then, it is never sent
    again: with no answer it stays processing, and `settle_payout` asks what became of it.
    Returns None when it is not to be sent, or somebody else is at it. Refuses to run inside a
    transaction: it talks to a provider.
    """
    if patience.is_away(provider.name):
        return None
    with transaction.atomic(durable=True):
        taken = locks.claim_payout(payout_id=payout_id, now=now, lease=LEASE)
    if taken is None or taken.status != Payout.Status.PENDING:
        return None
    code = _code_of(taken, provider, now)
    if code is None:
        return None
    with transaction.atomic(durable=True):
        if not locks.begin_sending(taken, now=now, until=now + LEASE):
            return None
        taken.refresh_from_db()
        tell(taken, "payout.processing")

    found = _send(taken, code, provider)

    with transaction.atomic(durable=True):
        payout = locks.payout(payout_id)
        # Whoever asked meanwhile knows more than an answer that was never given.
        if payout.fence == taken.fence or found.finding != PayoutFinding.UNKNOWN:
            act_on(payout, found, now)
    return payout


def _send(taken: Payout, code: BeneficiaryCode, provider: Provider) -> PayoutJudgement:
    order = PayoutOrder(
        reference=taken.provider_reference,
        amount=taken.amount,
        beneficiary=code,
        reason=taken.description,
    )
    outcome = told(
        patience.once(provider.name, partial(provider.send_payout, order)),
        provider=provider.name,
        question="send_payout",
        reference=order.reference,
    )
    return judgement.judge_sending(outcome, expected=taken.amount)


def _code_of(taken: Payout, provider: Provider, now: datetime) -> BeneficiaryCode | None:
    """Return what the provider calls the account, asking where nobody has; None to wait or end."""
    beneficiary = taken.beneficiary
    if beneficiary.provider_code:
        return BeneficiaryCode(beneficiary.provider_code)
    try:
        (account,) = queries.accounts_of([beneficiary])
    except AccountRefusal as refusal:
        _give_up(taken, refusal.code, now)
        return None
    match tell_provider(account, provider=provider, key=beneficiary.pk):
        case Done(value=code):
            return _remember(beneficiary, code)
        case Refused(code=reason):
            _give_up(taken, reason, now)
        case Unknown(reason=reason):
            _try_later(taken, reason, now)
    return None


def _remember(beneficiary: Beneficiary, code: BeneficiaryCode) -> BeneficiaryCode:
    """Keep the code; who came first keeps theirs, and it is the same."""
    with transaction.atomic(durable=True):
        Beneficiary.objects.filter(pk=beneficiary.pk, provider_code="").update(
            provider_code=code.code
        )
    return code


def _try_later(taken: Payout, reason: str, now: datetime) -> None:
    later = now + timedelta(seconds=settings.PURSER_SWEEP_SECONDS)
    with transaction.atomic(durable=True):
        Payout.objects.filter(pk=taken.pk, fence=taken.fence, status=Payout.Status.PENDING).update(
            next_step_at=later, reason=reason[:60]
        )


def _give_up(taken: Payout, reason: str, now: datetime) -> None:
    with transaction.atomic(durable=True):
        payout = locks.payout(taken.pk)
        if payout.status == Payout.Status.PENDING:
            end_unpaid(payout, Payout.Status.FAILED, reason, now)
