from __future__ import annotations

from datetime import datetime

from payments.simulators.models import SimulatedRecipient


def add_recipient(
    *, provider: str, code: str, account: tuple[str, str, str], name: str, now: datetime
) -> SimulatedRecipient:
    """Remember an account (number, bank code, currency); one that is known keeps its code."""
    number, bank_code, currency = account
    recipient, _ = SimulatedRecipient.objects.get_or_create(
        provider=provider,
        number=number,
        bank_code=bank_code,
        currency=currency,
        defaults={"code": code, "name": name, "created_at": now},
    )
    return recipient
