from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction

from ledger.money import Money, currency
from wallets import locks
from wallets.models import Transit

_MOST = 100


def send_invitations(*, now: datetime) -> int:
    """Tell those who were sent money by e-mail how to claim it; return how many were told.

    Each once: who was told is written down with the mail. Where the mail server does not take
    one, the rest wait with it for the next try.
    """
    told = 0
    while told < _MOST and _send_next(now):
        told += 1
    return told


def _send_next(now: datetime) -> bool:
    with transaction.atomic():
        transit = locks.lock_invitation()
        if transit is None:
            return False
        _mail(transit)
        transit.mailed_at = now
        transit.save(update_fields=["mailed_at"])
    return True


def _mail(transit: Transit) -> None:
    transfer = transit.transfer
    get_adapter().send_mail(
        "wallets/email/invitation",
        transit.email,
        {
            "amount": Money(transfer.amount_minor, currency(transfer.currency)),
            "currency": transfer.currency,
            "reference": transfer.entry.reference,
            "expires_at": transit.expires_at,
            "site": settings.PURSER_ORIGIN,
        },
    )
