from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from events import locks, queries, telling
from events.horizon import Horizon
from events.models import EventDelivery, EventRelay, WebhookEndpoint
from events.telling import Telling

READER = "webhooks"
_AT_ONCE = 1000


def relay_events(*, now: datetime, most: int = 20_000) -> int:
    """Put what happened in the queues of those endpoints whose owners want to hear of it.

    Reads the log once for all endpoints, as far as nothing can come before it any more, and
    remembers how far it came in the same transaction: each event is put once, after a crash as
    well. One reads at a time; others return at once. Returns how many deliveries were made.
    """
    made = read = 0
    while read < most:
        with transaction.atomic():
            step = _step(now)
        if step is None:
            break
        read, made = read + _AT_ONCE, made + step
    return made


def _step(now: datetime) -> int | None:
    """Read on; None when there is no more, or somebody else is reading."""
    relay = locks.relay(READER)
    if relay is None:
        return None
    settled = _settled(relay)
    endpoints = queries.enabled_endpoints()
    if settled <= relay.position or not endpoints:
        relay.position = max(settled, relay.position)
        relay.save()
        return None

    events = queries.events_between(
        after=relay.position,
        upto=settled,
        owners={endpoint.owner_id for endpoint in endpoints},
        shared=telling.teller().shared_types(),
        limit=_AT_ONCE,
    )

    deliveries = list(_deliveries(telling.tell(events), endpoints, now))
    EventDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    relay.position = events[-1].id if len(events) == _AT_ONCE else settled
    relay.save()
    return len(deliveries)


def _settled(relay: EventRelay) -> int:
    horizon = Horizon(relay.position, relay.candidate, frozenset(relay.writers))
    settled = horizon.advance()
    relay.candidate, relay.writers = horizon.candidate, sorted(horizon.writers)
    return settled


def _deliveries(
    tellings: Iterable[Telling], endpoints: Iterable[WebhookEndpoint], now: datetime
) -> Iterable[EventDelivery]:
    by_owner: dict[object, list[WebhookEndpoint]] = {}
    for endpoint in endpoints:
        by_owner.setdefault(endpoint.owner_id, []).append(endpoint)
    for one in tellings:
        for endpoint in by_owner.get(one.told.owner_id, []):
            if one.position.event_id > endpoint.starts_after and endpoint.wants(one.told.type):
                yield EventDelivery(
                    endpoint=endpoint,
                    event_id=one.position.event_id,
                    part=one.position.part,
                    type=one.told.type,
                    body=_write(one),
                    next_try_at=now,
                    created_at=now,
                )


def _write(one: Telling) -> str:
    document = telling.document(one)
    return json.dumps(document, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)
