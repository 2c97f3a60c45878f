from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class FactorSecret(models.Model):
    """What an authenticator app or a set of recovery codes is made of, sealed with a field key.

    allauth's row about the authenticator holds the `id` in its place. It never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.id)
