from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written in the transaction that made it happen.

    Never changed and never deleted; the database refuses both.
    `owner_id` is the person whose event it is. What a subject's own row says is not repeated in
    `data`.
    """

    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    owner_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index("owner_id", "id", name="event_of_owner"),
            # Only ever asked for a whole subject; half the size of a tree, whose pages subjects
            # of so many kinds would leave half empty.
            HashIndex("subject", name="event_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"
