from __future__ import annotations

from django.db import models


class Conversation(models.Model):
    """One request to a provider and what came back. Never changes.

    `reference` is the one that the question was about, in the provider's spelling. `status` is
    that of HTTP, null when no answer came; `problem` then says in one word why. Of bodies only
    what is known to name nobody is kept. Written after the call, outside of any transaction
    that moves money.
    """

    provider = models.CharField(max_length=20)
    question = models.CharField(max_length=30)
    reference = models.CharField(max_length=100)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    request = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    duration_ms = models.PositiveIntegerField()
    request_id = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("reference", name="conversation_about")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
