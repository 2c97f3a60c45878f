from django.db import models


class SimulatedAnswer(models.Model):
    """What a provider answered to a request with an idempotency key, to be answered again.

    `fingerprint` is of the request: another request under the same key is refused.
    """

    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # null: still at it
    body = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("provider", "key", name="simulated_key_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"
