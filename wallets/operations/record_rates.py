from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from events.operations import append_event
from wallets import fx_queries
from wallets.errors import OutsideTransaction, RatesJump, RatesNotValid
from wallets.models import Rate, RateSheet
from wallets.rate_sources import Sheet

LARGEST_CHANGE = Decimal("0.25")

_AHEAD = timedelta(minutes=5)


def record_rates(*, sheet: Sheet, now: datetime, accept_jumps: bool = False) -> RateSheet:
    """Take over the rates of a source, once for each time that they are of.

    Returns the sheet of then for the same rates again. Raises `RatesNotValid` for rates of the
    future or other ones of the same time, and `RatesJump` when a rate is more than a quarter
    away from the newest one of its source, unless `accept_jumps`. Must run in a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if sheet.as_of > now + _AHEAD:
        raise RatesNotValid("These rates are of the future.")
    earlier = RateSheet.objects.filter(source=sheet.source, as_of=sheet.as_of).first()
    if earlier is not None:
        if fx_queries.rates_of(earlier) != sheet.rates:
            raise RatesNotValid("Other rates of this source and time are there already.")
        return earlier
    if not accept_jumps and (jumps := rate_changes(sheet, above=LARGEST_CHANGE)):
        raise RatesJump(f"Far from the last rates: {', '.join(sorted(jumps))}.")

    recorded = RateSheet.objects.create(source=sheet.source, pivot=sheet.pivot, as_of=sheet.as_of)
    Rate.objects.bulk_create(
        Rate(sheet=recorded, currency=code, per_pivot=rate) for code, rate in sheet.rates.items()
    )
    append_event(
        type="rates.recorded",
        subject=f"{sheet.source}:{sheet.as_of.isoformat()}",
        owner_id=None,
        data={"pivot": sheet.pivot, "rates": len(sheet.rates), "jumps_accepted": accept_jumps},
    )
    return recorded


def rate_changes(sheet: Sheet, *, above: Decimal = Decimal(0)) -> dict[str, Decimal]:
    """Return by how much rates differ from the newest of their source, as shares of those.

    Only changes larger than `above`; nothing where the pivot is another or none is there.
    """
    last = fx_queries.newest_sheet(sheet.source)
    if last is None or last.pivot != sheet.pivot:
        return {}
    before = fx_queries.rates_of(last)
    moved = {code: rate / before[code] - 1 for code, rate in sheet.rates.items() if code in before}
    return {code: change for code, change in moved.items() if abs(change) > above}
