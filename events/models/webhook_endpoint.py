import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from events.addresses import LONGEST

ENDPOINTS_AT_MOST = 10


class DisabledReason(models.TextChoices):
    OWNER = "owner"  # by request
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing arrived for three days
    STAFF = "staff"  # by somebody who looks after the installation


class WebhookEndpoint(models.Model):
    """An address of a customer's to which their events are sent, signed with its secret.

    `secret` is sealed; while `former_until` is in the future, the secret before it signs as
    well. Events up to `starts_after` were there before it. It holds one of its owner's
    `ENDPOINTS_AT_MOST` places until it is removed, and a removed one keeps neither secret.
    `failing_since` is when the first attempt failed after which none went well.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField()
    place = models.PositiveSmallIntegerField(null=True)
    url = models.CharField(max_length=LONGEST)
    description = models.CharField(max_length=200, blank=True)
    # Whole types, or nouns as `transfer.*`; `*` is everything.
    event_types = ArrayField(models.CharField(max_length=60))
    secret = models.BinaryField(null=True)
    former_secret = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    starts_after = models.BigIntegerField()
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=7, choices=DisabledReason, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("owner_id", "created_at", "id", name="endpoint_of_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "place"], name="a_place_holds_one_endpoint_of_its_owner"
            ),
            models.CheckConstraint(
                name="an_endpoint_has_a_place_and_a_secret_until_removed",
                condition=Q(removed_at=None, place__gte=1, secret__isnull=False)
                | Q(removed_at__isnull=False, place=None, secret=None, former_secret=None),
            ),
            models.CheckConstraint(
                name="place_of_an_endpoint_is_between_1_and_10",
                condition=Q(place=None) | Q(place__gte=1, place__lte=ENDPOINTS_AT_MOST),
            ),
            models.CheckConstraint(
                name="a_former_secret_has_an_end",
                condition=Q(former_secret=None, former_until=None)
                | Q(former_secret__isnull=False, former_until__isnull=False),
            ),
            models.CheckConstraint(
                name="a_disabled_endpoint_says_why",
                condition=Q(disabled_at=None, disabled_reason="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({'enabled' if self.is_enabled else 'disabled'})"

    @property
    def is_enabled(self) -> bool:
        """Whether anything is sent to it."""
        return self.disabled_at is None and self.removed_at is None

    def wants(self, type_: str) -> bool:
        """Whether its owner asked for events of this type."""
        noun = type_.partition(".")[0]
        return not {"*", f"{noun}.*", type_}.isdisjoint(self.event_types)
