"""What offline payments put at stake now, and until when. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from ledger import chart
from ledger.queries import chart_balance
from offline import terms
from offline.models import Certificate, CertificateStatus, Tier, Voucher, VoucherStatus
from offline.queries import owed_minor


@dataclass
class Exposure:
    """Minor units of one currency. `by_day` is what is held, by the day it is given back."""

    currency: str
    open_minor: int = 0
    waiting_minor: int = 0
    guaranteed_minor: int = 0
    reserve_minor: int = 0
    disputed_minor: int = 0
    owed_minor: int = 0
    by_day: dict[date, int] = field(default_factory=lambda: defaultdict(int))


def report(*, now: datetime) -> list[Exposure]:
    """Return what is at stake, by currency."""
    found: dict[str, Exposure] = {}
    rows = Certificate.objects.exclude(status=CertificateStatus.RECLAIMED)
    for row in rows.select_related("device").iterator():
        _add(found.setdefault(row.currency, Exposure(row.currency)), row, now)
    disputed = Voucher.objects.filter(status=VoucherStatus.DISPUTED)
    for code, minor in disputed.values_list("currency", "amount_minor"):
        found.setdefault(code, Exposure(code)).disputed_minor += minor
    for each in found.values():
        each.reserve_minor = chart_balance(chart.offline_reserve(each.currency))
        each.owed_minor = owed_minor(each.currency)
    return sorted(found.values(), key=lambda each: each.currency)


def _add(exposure: Exposure, row: Certificate, now: datetime) -> None:
    if row.status_at(now) == CertificateStatus.ISSUED:
        exposure.open_minor += row.held_minor
    else:
        exposure.waiting_minor += row.held_minor
    cap = terms.guarantee_cap_minor(
        attested=row.device.tier == Tier.ATTESTED,
        authorised_minor=row.authorised_minor,
        currency=row.currency,
    )
    exposure.guaranteed_minor += max(0, cap - row.guaranteed_minor)
    if row.held_minor:
        exposure.by_day[row.submit_until.date()] += row.held_minor
