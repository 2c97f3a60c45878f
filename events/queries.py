"""Reads of this app. Who asks is always an argument."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from events.errors import DeliveryNotFound, EndpointNotFound
from events.models import DeliveryStatus, Event, EventDelivery, EventRelay, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What a list of events shows. Times are inclusive from `since`, exclusive at `until`."""

    type: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> Q:
        found = Q()
        if self.type.endswith(".*"):
            found &= Q(type__startswith=self.type[:-1])
        elif self.type:
            found &= Q(type=self.type)
        if self.subject:
            found &= Q(subject=self.subject)
        if self.since:
            found &= Q(recorded_at__gte=self.since)
        if self.until:
            found &= Q(recorded_at__lt=self.until)
        return found


def is_told(type_: str) -> bool:
    """Whether events of this type are a customer's business."""
    return type_.partition(".")[0] in settings.TOLD_EVENTS


def events_of(*, owner_id: UUID, wanted: EventFilter | None = None) -> QuerySet[Event]:
    """The events of a person that are their business."""
    nouns = "|".join(settings.TOLD_EVENTS)
    mine = Event.objects.filter(owner_id=owner_id, type__regex=rf"^({nouns})\.")
    return mine.filter(wanted.condition()) if wanted else mine


def events_between(
    *, after: int, upto: int, owners: Collection[UUID], shared: Collection[str], limit: int
) -> list[Event]:
    """The first `limit` events past `after` up to `upto` of these owners or of `shared` types."""
    rows = Event.objects.filter(id__gt=after, id__lte=upto)
    mine = rows.filter(Q(owner_id__in=list(owners)) | Q(type__in=list(shared)))
    return list(mine.order_by("id")[:limit])


def events_by_id(ids: Collection[int]) -> list[Event]:
    """These events, in their order."""
    return list(Event.objects.filter(id__in=list(ids)).order_by("id"))


def newest_event_id() -> int:
    """The greatest number that is to be seen now; 0 when nothing ever happened."""
    return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


def endpoints_of(*, owner_id: UUID) -> QuerySet[WebhookEndpoint]:
    """The endpoints that a person has, without those that they removed."""
    return WebhookEndpoint.objects.filter(owner_id=owner_id, removed_at=None)


def get_endpoint(*, owner_id: UUID, endpoint_id: UUID) -> WebhookEndpoint:
    """Return an endpoint of this person's; raises `EndpointNotFound`."""
    found = endpoints_of(owner_id=owner_id).filter(id=endpoint_id).first()
    if found is None:
        raise EndpointNotFound
    return found


def enabled_endpoints() -> list[WebhookEndpoint]:
    """Every endpoint that anything is sent to."""
    return list(WebhookEndpoint.objects.filter(disabled_at=None, removed_at=None))


def deliveries_of(endpoint: WebhookEndpoint, *, status: str = "") -> QuerySet[EventDelivery]:
    """What was sent or is to be sent to an endpoint."""
    rows = EventDelivery.objects.filter(endpoint=endpoint)
    return rows.filter(status=status) if status else rows


def get_delivery(*, owner_id: UUID, endpoint_id: UUID, delivery_id: UUID) -> EventDelivery:
    """Return a delivery of this person's; raises `DeliveryNotFound`."""
    rows = EventDelivery.objects.select_related("endpoint").filter(
        id=delivery_id,
        endpoint_id=endpoint_id,
        endpoint__owner_id=owner_id,
        endpoint__removed_at=None,
    )
    found = rows.first()
    if found is None:
        raise DeliveryNotFound
    return found


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be sent: how many deliveries are due, and since when the oldest one is."""

    due: int
    oldest: datetime | None


def queue(*, now: datetime) -> Queue:
    """Return what is due to be sent to endpoints that are enabled."""
    rows = EventDelivery.objects.filter(
        status=DeliveryStatus.PENDING,
        next_try_at__lte=now,
        endpoint__disabled_at=None,
        endpoint__removed_at=None,
    ).values_list("next_try_at", flat=True)
    due = list(rows.order_by("next_try_at")[:10_000])
    return Queue(len(due), due[0] if due else None)


def relay_behind() -> int:
    """How many numbers the relay has yet to pass."""
    reached = EventRelay.objects.order_by("position").values_list("position", flat=True).first()
    return max(0, newest_event_id() - (reached or 0))
