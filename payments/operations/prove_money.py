from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from events.operations import append_event
from ledger.queries import coverage
from payments import locks, queries
from payments.models import MoneyProof

log = logging.getLogger(__name__)


def prove_money(*, now: datetime) -> list[MoneyProof]:
    """Write down what customers own and where it is, by currency, and raise an alarm when not all
    of it is there.

    Each time it is a line of level error; when it begins and when it is over, an event as well.
    """
    with transaction.atomic():
        locks.proving()
        before = {proof.currency: proof for proof in queries.newest_proofs()}
        proofs = MoneyProof.objects.bulk_create(
            MoneyProof(
                currency=found.currency,
                at=now,
                customers_minor=found.customers_minor,
                providers_minor=found.providers_minor,
                banks_minor=found.banks_minor,
            )
            for found in coverage()
        )
        for proof in proofs:
            _alarm(proof, before.get(proof.currency))
    return proofs


def _alarm(proof: MoneyProof, before: MoneyProof | None) -> None:
    was_short = before is not None and before.left_minor < 0
    is_short = proof.left_minor < 0
    if is_short:
        log.error(
            "customer_money_short",
            extra={"currency": proof.currency, "missing_minor": -proof.left_minor},
        )
    if is_short != was_short:
        append_event(
            type="money.short" if is_short else "money.covered",
            subject=f"money:{proof.currency}",
            owner_id=None,
            data={
                "customers_minor": proof.customers_minor,
                "providers_minor": proof.providers_minor,
                "banks_minor": proof.banks_minor,
            },
        )
