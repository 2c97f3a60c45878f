from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from ledger.errors import LedgerRefusal
from offline import queries
from offline.models import Certificate
from offline.operations.reclaim_certificate import reclaim_certificate
from wallets.errors import WalletRefusal

log = logging.getLogger(__name__)

_MOST = 10_000


def reclaim_due(
    *, now: datetime, each: Callable[[Certificate], None] | None = None
) -> tuple[int, int]:
    """Reclaim every certificate whose deadline has passed, each in a transaction of its own.

    Returns how many were reclaimed, and how many could not be: a wallet that takes no money
    keeps its certificate waiting for the next time. `each` is told of every one reclaimed.
    """
    done = stuck = 0
    for jti in queries.due_certificates(now=now, limit=_MOST):
        try:
            with transaction.atomic(durable=True):
                certificate = reclaim_certificate(jti=jti, now=now)
        except (LedgerRefusal, WalletRefusal) as refusal:
            log.warning(
                "certificate_not_reclaimed", extra={"certificate": jti, "why": refusal.code}
            )
            stuck += 1
            continue
        done += 1
        if each:
            each(certificate)
    return done, stuck
