from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models


class TokenFamily(models.Model):
    """One completed login; every token that descends from it carries its id.

    Ends for good at `expires_at` (30 days after the login, however often it is refreshed) or at
    `revoked_at`, and with it every access and refresh token of the login.
    `session_key` is the allauth session of the same login, empty where there is none.
    `authenticated_at` and `second_factor_at` are when its person last proved who they are, and
    did so with a second factor; confirming it again moves them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="token_families"
    )
    session_key = models.CharField(max_length=40, blank=True)
    authenticated_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "token families"
        indexes = [
            models.Index(
                "session_key", name="token_family_of_session", condition=~models.Q(session_key="")
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="token_family_ends_after_its_login",
                condition=models.Q(expires_at__gt=models.F("authenticated_at")),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
