from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from payments import judgement, locks
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Refund
from payments.operations.conclude_refund import conclude_refund, tell
from payments.operations.keep_conversation import told
from payments.providers import patience
from payments.providers.base import Provider, RefundOrder

# While one worker talks to the provider about a refund, others leave it alone.
LEASE = timedelta(seconds=60)


def send_refund(*, refund_id: int, provider: Provider, now: datetime) -> Refund | None:
    """Ask the provider to give money back, by one call in the refund's whole life.

    That it is about to be asked is committed first. With no answer the refund stays processing,
    and `settle_refund` asks what became of it. Returns None when it is not to be sent, or
    somebody else is at it. Refuses to run inside a transaction: it talks to a provider.
    """
    if patience.is_away(provider.name):
        return None
    with transaction.atomic(durable=True):
        taken = locks.claim_refund(refund_id=refund_id, now=now, lease=LEASE)
        if taken is None or not locks.begin_refunding(taken, now=now):
            return None
        taken.refresh_from_db()
        tell(taken)

    order = order_of(taken)
    outcome = told(
        patience.once(provider.name, partial(provider.refund, order)),
        provider=provider.name,
        question="refund",
        reference=order.reference,
    )
    found = judgement.judge_refunding(outcome)

    return conclude_refund(refund_id=refund_id, found=found, now=now)


def settle_refund(*, refund_id: int, provider: Provider, now: datetime) -> PayoutJudgement:
    """Ask the provider what became of a refund and do what follows, whatever brought us here.

    Only reads there, and may run often. Refuses to run inside a transaction.
    """
    with transaction.atomic(durable=True):
        refund = Refund.objects.select_related("deposit").get(pk=refund_id)
    if refund.sent_at is None:
        return PayoutJudgement(PayoutFinding.PENDING, "not_sent")

    order = order_of(refund)
    outcome = told(
        patience.again(provider.name, partial(provider.verify_refund, order)),
        provider=provider.name,
        question="verify_refund",
        reference=order.reference,
    )
    found = judgement.judge_refund(outcome)

    conclude_refund(refund_id=refund_id, found=found, now=now)
    return found


def order_of(refund: Refund) -> RefundOrder:
    """Return what is asked of the provider; needs the refund's deposit."""
    deposit = refund.deposit
    paid_under = deposit.paid_reference or deposit.provider_reference
    return RefundOrder(
        reference=refund.reference,
        payment_reference=paid_under,
        amount=refund.amount,
        payment_id=deposit.checkout_of(paid_under),
    )
