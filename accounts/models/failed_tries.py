from django.db import models


class FailedTries(models.Model):
    """How often in a row something secret was tried in vain: a password, a code.

    `subject` is a digest of what was tried and against whom. Nothing is taken before
    `blocked_until`. A success removes the row.
    """

    subject = models.UUIDField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "failed tries"
        indexes = [models.Index("last_at", name="failed_tries_by_age")]

    def __str__(self) -> str:
        return str(self.subject)
