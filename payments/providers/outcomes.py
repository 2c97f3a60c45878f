"""One line in the log for each answer of a provider that somebody may have to look into."""

from __future__ import annotations

from typing import TypeVar

import structlog

from payments.providers.base import DUPLICATE_REFERENCE, NOT_FOUND, Done, Outcome, Refused

T = TypeVar("T")

log = structlog.get_logger(__name__)

# Refusals that are answers like others, and are followed up.
_ANSWERS = {DUPLICATE_REFERENCE, NOT_FOUND}


def told(outcome: Outcome[T], *, provider: str, question: str, reference: str) -> Outcome[T]:
    """Return the outcome, and warn of one that is a refusal or unknown.

    The provider's own words stay out of the log: they may name the payer.
    """
    if isinstance(outcome, Refused):
        if outcome.code not in _ANSWERS:
            log.warning(
                "provider_refused",
                provider=provider,
                question=question,
                reference=reference,
                reason=outcome.code[:60],
            )
    elif not isinstance(outcome, Done):
        log.warning(
            "provider_outcome_unknown",
            provider=provider,
            question=question,
            reference=reference,
            reason=outcome.reason[:60],
        )
    return outcome
