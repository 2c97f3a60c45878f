from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F

from payments.simulators import queries
from payments.simulators.errors import InvalidFault
from payments.simulators.faults import LONGEST_SECONDS, Faults
from payments.simulators.models import FaultSettings


def set_faults(*, values: Mapping[str, Any]) -> Faults:
    """Change the named faults and leave the others; raises `InvalidFault` and changes none."""
    faults = queries.faults().changed(values)

    FaultSettings.objects.update_or_create(pk=1, defaults={"rates": faults.as_dict()})

    return faults


def advance_clock(*, seconds: object) -> timedelta:
    """Put the providers' clock forward; returns how far it is ahead. It never goes back.

    Raises `InvalidFault`.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise InvalidFault("advance_seconds must be a whole number.")
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise InvalidFault(f"advance_seconds must be between 0 and {LONGEST_SECONDS:.0f}.")
    FaultSettings.objects.get_or_create(pk=1)
    FaultSettings.objects.filter(pk=1).update(ahead_seconds=F("ahead_seconds") + seconds)
    return queries.ahead()
