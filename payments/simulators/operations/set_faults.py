from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments.simulators import queries
from payments.simulators.faults import Faults
from payments.simulators.models import FaultSettings


def set_faults(*, values: Mapping[str, Any]) -> Faults:
    """Change the named faults and leave the others; raises `InvalidFault` and changes none."""
    faults = queries.faults().changed(values)

    FaultSettings.objects.update_or_create(pk=1, defaults={"rates": faults.as_dict()})

    return faults
