from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Purpose(models.TextChoices):
    """What a key of somebody's opens: what they said of themselves, or what proves who they are."""

    PROFILE = "profile"
    IDENTITY = "identity"


class DataKey(models.Model):
    """A key that personal data of one person is sealed with; itself sealed with a field key.

    Destroying it makes all that it sealed unreadable, in the database and in every copy made
    later. Once destroyed it stays so: the row says when. `destroy_at` is when it will be.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_keys"
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    wrapped = models.BinaryField(null=True)
    destroy_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                "destroy_at",
                name="data_key_to_be_destroyed",
                condition=models.Q(destroy_at__isnull=False, destroyed_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                "person", "purpose", name="person_has_one_data_key_for_a_purpose"
            ),
            models.CheckConstraint(
                name="data_key_is_there_until_it_is_destroyed",
                condition=models.Q(wrapped__isnull=False, destroyed_at=None)
                | models.Q(wrapped=None, destroyed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
