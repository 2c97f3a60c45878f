from __future__ import annotations

import uuid

from django.db import models

from accounts.models.token_family import TokenFamily


class RefreshToken(models.Model):
    """One refresh token, good for one use; `id` is its `jti`.

    `parent` is the token it was given for, and has no other child: the database sees to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    family = models.ForeignKey(TokenFamily, on_delete=models.PROTECT, related_name="tokens")
    parent = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="successor"
    )
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)
