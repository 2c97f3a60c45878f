from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.principal import ALL_SCOPES

KEYS_AT_MOST = 5


class ApiKey(models.Model):
    """A program's credential: what it may do for its owner, until when and from where.

    Works while it holds one of its owner's `KEYS_AT_MOST` places, which is what bounds their
    number. `digest` is all that is kept of the key itself, and `hint` its first characters, by
    which people tell keys apart. `renews` is the expired key that it came in place of.
    An empty `allowed_ips` means from anywhere. Only `place`, `last_used_at` and `revoked_at`
    ever change; the erasure of its owner empties `name` and `allowed_ips`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    permissions = ArrayField(models.CharField(max_length=16))
    allowed_ips = ArrayField(models.CharField(max_length=43), default=list)
    place = models.PositiveSmallIntegerField(null=True)
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="renewal"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API key"
        indexes = [models.Index("owner", "created_at", "id", name="api_key_of_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "place"], name="a_place_holds_one_key_of_its_owner"
            ),
            models.CheckConstraint(
                name="place_of_a_key_is_between_1_and_5",
                condition=Q(place=None) | Q(place__gte=1, place__lte=KEYS_AT_MOST),
            ),
            models.CheckConstraint(
                name="a_revoked_key_holds_no_place", condition=Q(revoked_at=None) | Q(place=None)
            ),
            models.CheckConstraint(
                name="a_key_expires_after_it_was_made",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="a_key_is_good_for_something_that_there_is",
                condition=Q(permissions__len__gt=0, permissions__contained_by=sorted(ALL_SCOPES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}...)"

    def has_expired(self, at: datetime) -> bool:
        return self.expires_at <= at
