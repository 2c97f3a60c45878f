from __future__ import annotations

from datetime import datetime

from django.conf import settings

from offline import locks, queries, terms
from offline.messages import RevocationDelta, Signed
from offline.messages import RevocationList as ListMessage
from offline.models import RevocationList
from offline.operations.issuer import sign_as_issuer


def publish_revocations(*, now: datetime) -> RevocationList:
    """Publish a list when the devices on it have changed, or the last one is half a life old.

    Returns the list of now. Must run inside a transaction.
    """
    latest = queries.latest_list()
    dids = queries.dids_to_warn_of(now=now)
    if latest is not None and not _is_outdated(latest, dids, now):
        return latest

    locks.lists()
    latest = queries.latest_list()
    dids = queries.dids_to_warn_of(now=now)
    if latest is not None and not _is_outdated(latest, dids, now):
        return latest
    return _publish(latest.number + 1 if latest else 1, dids, now)


def sign_delta(*, base: RevocationList, latest: RevocationList) -> Signed[RevocationDelta]:
    """Make the message that turns one list into a later one."""
    before, after = set(base.dids), set(latest.dids)
    delta = RevocationDelta(
        issuer=settings.PURSER_ORIGIN,
        number=latest.number,
        issued_at=int(latest.issued_at.timestamp()),
        next_at=int(latest.next_at.timestamp()),
        base=base.number,
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
    )
    return sign_as_issuer(delta, now=latest.issued_at)


def _is_outdated(latest: RevocationList, dids: list[str], now: datetime) -> bool:
    return dids != latest.dids or now > latest.issued_at + terms.LIST_LIVES / 2


def _publish(number: int, dids: list[str], now: datetime) -> RevocationList:
    next_at = now + terms.LIST_LIVES
    message = sign_as_issuer(
        ListMessage(
            issuer=settings.PURSER_ORIGIN,
            number=number,
            issued_at=int(now.timestamp()),
            next_at=int(next_at.timestamp()),
            revoked=tuple(dids),
        ),
        now=now,
    )
    return RevocationList.objects.create(
        number=number, issued_at=now, next_at=next_at, dids=dids, text=message.text
    )
