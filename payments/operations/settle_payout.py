from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from payments import judgement
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Payout
from payments.operations.conclude_payout import conclude_payout
from payments.operations.keep_conversation import told
from payments.providers import patience
from payments.providers.base import Provider


def settle_payout(*, payout_id: int, provider: Provider, now: datetime) -> PayoutJudgement:
    """Ask the provider what became of a payout and do what follows, whatever brought us here.

    Only reads there. May run often and in many places at once: what follows happens once.
    Refuses to run inside a transaction: it talks to a provider.
    """
    found = ask_about_payout(payout_id=payout_id, provider=provider)
    if found.finding != PayoutFinding.UNKNOWN or found.reason != patience.OPEN.reason:
        conclude_payout(payout_id=payout_id, found=found, now=now)
    return found


def ask_about_payout(*, payout_id: int, provider: Provider) -> PayoutJudgement:
    """Ask, and change nothing here. A payout that was never sent is pending by itself."""
    with transaction.atomic(durable=True):
        payout = Payout.objects.get(pk=payout_id)
    if payout.sent_at is None:
        return PayoutJudgement(PayoutFinding.PENDING, "not_sent")
    outcome = told(
        patience.again(provider.name, partial(provider.verify_payout, payout.provider_reference)),
        provider=provider.name,
        question="verify_payout",
        reference=payout.provider_reference,
    )
    return judgement.judge_payout(outcome, expected=payout.amount)
