from __future__ import annotations

import logging
from datetime import datetime, timedelta

from payments import queries
from payments.errors import ProviderUnavailable, UnknownProvider
from payments.operations.reconcile import reconcile
from payments.providers.registry import provider

log = logging.getLogger(__name__)

# So many days that have ended are made up for when nobody compared them.
DAYS = 3


def reconcile_days(*, now: datetime) -> None:
    """Compare the last days with every provider that money went through, each day once.

    One that does not answer is asked again the next time, and does not keep the others.
    """
    for name in queries.providers_used():
        for back in range(DAYS, 0, -1):
            day = (now - timedelta(days=back)).date()
            if queries.was_reconciled(provider=name, day=day):
                continue
            try:
                reconcile(provider=provider(name), day=day, now=now, apply=True)
            except (ProviderUnavailable, UnknownProvider) as refusal:
                log.warning("reconciliation_failed", extra={"provider": name, "why": str(refusal)})
                break
