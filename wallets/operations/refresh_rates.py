from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from wallets import fx_queries
from wallets.errors import RatesNotValid
from wallets.models import RateSheet
from wallets.operations.record_rates import record_rates
from wallets.rate_sources import SOURCES

# How often rates that name no time are taken over again.
_UNDATED_EVERY = timedelta(hours=1)


def refresh_rates(*, now: datetime) -> RateSheet | None:
    """Take over what stands in the file of `FX_RATES_FILE`; None where there is no such setting.

    Raises `RatesNotValid` when it cannot be read, and what `record_rates` raises.
    """
    if not settings.FX_RATES_FILE:
        return None
    path = Path(settings.FX_RATES_FILE)
    read = SOURCES.get({".xml": "ecb"}.get(path.suffix, path.suffix.lstrip(".")))
    if read is None:
        raise RatesNotValid("FX_RATES_FILE ends in .json, .csv or .xml.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RatesNotValid(f"FX_RATES_FILE cannot be read: {error.strerror}.") from None
    sheet = read(content, now)

    with transaction.atomic():
        last = fx_queries.newest_sheet(sheet.source)
        if sheet.as_of == now and last is not None and now - last.as_of < _UNDATED_EVERY:
            return last
        return record_rates(sheet=sheet, now=now)
