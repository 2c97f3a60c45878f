from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from payments.simulators.errors import BooksRefusal
from payments.simulators.models import SimulatedAnswer


def begin_answer(
    *, provider: str, key: str, fingerprint: str, now: datetime
) -> SimulatedAnswer | None:
    """Take a key for a request; returns the answer of then when there is one.

    Raises `BooksRefusal`: `key_in_use` while the first is still at it, `key_reused` for another
    request under it.
    """
    try:
        with transaction.atomic():
            SimulatedAnswer.objects.create(
                provider=provider, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        earlier = SimulatedAnswer.objects.get(provider=provider, key=key)
        if earlier.fingerprint != fingerprint:
            raise BooksRefusal("key_reused") from None
        if earlier.status is None:
            raise BooksRefusal("key_in_use") from None
        return earlier
    return None


def finish_answer(*, provider: str, key: str, status: int, body: str) -> None:
    """Keep an answer; one that a validation refused (4xx) is not kept, as with the provider."""
    row = SimulatedAnswer.objects.filter(provider=provider, key=key)
    if 400 <= status < 500:
        row.delete()
    else:
        row.update(status=status, body=body)
