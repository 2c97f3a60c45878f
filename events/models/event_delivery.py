import uuid

from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.webhook_endpoint import WebhookEndpoint


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class EventDelivery(models.Model):
    """One event on its way to one endpoint, tried until it is answered with 2xx or given up.

    `body` is what is sent, the same bytes each time. `part` is which of those whom the event
    concerns it is told to. `attempts` is how many were ever begun, `step` how far the schedule
    is; an attempt is counted before it is made, so one that was cut off is made again under the
    same name. The last answer is kept as its status and how long it took; what it said is not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    part = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=60)
    body = models.TextField()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=30, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "event deliveries"
        indexes = [
            models.Index("endpoint", "created_at", "id", name="delivery_of_endpoint"),
            models.Index(
                "endpoint",
                "next_try_at",
                name="delivery_to_try",
                condition=Q(status=DeliveryStatus.PENDING),
            ),
            models.Index(
                "settled_at", name="delivery_settled", condition=Q(settled_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event", "part"], name="an_endpoint_is_told_an_event_once"
            ),
            models.CheckConstraint(
                name="a_pending_delivery_has_a_next_try",
                condition=Q(status="pending", next_try_at__isnull=False, settled_at=None)
                | (~Q(status="pending") & Q(next_try_at=None, settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.status})"
