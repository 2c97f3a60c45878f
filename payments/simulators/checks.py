from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def simulators_are_for_embedded_mode(**_kwargs: Any) -> list[CheckMessage]:
    """Whoever may set a simulator's outcome makes money: none where real money is."""
    if settings.PURSER_EMBEDDED:
        return []
    return [
        Error(
            "Provider simulators are installed outside embedded mode.",
            hint="Remove payments.simulators from INSTALLED_APPS.",
            id="simulators.E001",
        )
    ]
