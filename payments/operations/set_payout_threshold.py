from __future__ import annotations

from django.db import transaction

from events.operations import append_event
from ledger.money import Money
from payments.models import PayoutThreshold


def set_payout_threshold(*, one_from: Money, two_from: Money | None) -> PayoutThreshold:
    """Say from which amounts a payout in a currency waits for one person, and for two.

    Holds for payouts that are asked for from now on. Only the schema's owner has the right to
    write this; the application does not.
    """
    code = one_from.currency.code
    with transaction.atomic():
        threshold, _ = PayoutThreshold.objects.update_or_create(
            currency=code,
            defaults={
                "one_from_minor": one_from.amount_minor,
                "two_from_minor": two_from.amount_minor if two_from else None,
            },
        )
        append_event(
            type="payout_threshold.set",
            subject=code,
            owner_id=None,
            data={
                "one_from": one_from.decimal_string(),
                "two_from": two_from.decimal_string() if two_from else None,
            },
        )
    return threshold
