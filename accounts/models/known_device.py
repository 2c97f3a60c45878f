from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models


class KnownDevice(models.Model):
    """A device on which somebody has completed a login, known by a token that only it holds.

    `digest` is the SHA-256 of the token. Forgotten 90 days after `last_seen_at`, and at once when
    the password, or the rule about mailed codes, changes or every login is ended.
    """

    LIFE = timedelta(days=90)
    MOST = 20

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="known_devices"
    )
    digest = models.BinaryField(max_length=32, unique=True)
    known_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("last_seen_at", name="known_device_by_age")]

    def __str__(self) -> str:
        return str(self.id)

    @staticmethod
    def digest_of(token: str) -> bytes:
        """Return what is kept of a token, which is too long to be guessed from it."""
        return hashlib.sha256(token.encode()).digest()
