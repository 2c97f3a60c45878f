from __future__ import annotations

import hashlib
import math
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts import locks
from accounts.errors import TooManyTries
from accounts.models import FailedTries
from accounts.patience import Patience


def take_try(*, what: str, patience: Patience, at: datetime) -> None:
    """Count a try at something secret before it is looked at; `forgive_tries` when it was right.

    `what` names the secret: a password of an account, a code of a login. Counted first, so that
    tries at the same instant cannot outnumber the free ones. Raises `TooManyTries`, and counts
    nothing then: knocking at a closed door does not keep it closed.
    """
    with transaction.atomic():
        tries = locks.lock_tries(subject=_subject(what), at=at)
        # Without a wait nothing is early: `at` was read before the lock, another's may be later.
        if patience.wait(tries.failures) and at < tries.blocked_until:
            wait = (tries.blocked_until - at).total_seconds()
            raise TooManyTries(retry_after=math.ceil(wait))

        lapsed = tries.last_at < at - patience.forget
        tries.failures = 1 if lapsed else tries.failures + 1
        tries.last_at = at
        tries.blocked_until = at + patience.wait(tries.failures)
        tries.save(update_fields=["failures", "last_at", "blocked_until"])


def forgive_tries(*, what: str, at: datetime) -> None:
    """Forget every failure: somebody knew the secret."""
    FailedTries.objects.filter(subject=_subject(what)).update(failures=0, blocked_until=at)


def give_back_try(*, what: str, at: datetime) -> None:
    """Take one count back, and the wait that it brought: this one was right, others were not."""
    FailedTries.objects.filter(subject=_subject(what), failures__gt=0).update(
        failures=F("failures") - 1, blocked_until=at
    )


def _subject(what: str) -> UUID:
    return UUID(bytes=hashlib.sha256(what.encode()).digest()[:16])
