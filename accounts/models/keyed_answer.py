from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class KeyedAnswer(models.Model):
    """The answer given to one request that carried an Idempotency-Key.

    `request_key` is a digest of who asked, what, and with which key; `fingerprint` one of the
    body. While `status` is null the first request is still running, since `claimed_at`.
    `body` is what was sent, byte for byte (see `answers.pack`), and is sent again to whoever
    repeats the request.
    """

    request_key = models.UUIDField(primary_key=True)
    fingerprint = models.UUIDField()
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    claimed_at = models.DateTimeField(db_default=Now())

    class Meta:
        # Rows lie in the order of their age, and only a sweep of old ones asks.
        indexes = [BrinIndex("claimed_at", name="keyed_answer_by_age")]

    def __str__(self) -> str:
        return str(self.request_key)
