from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models


class LoginCode(models.Model):
    """The code that was mailed to somebody as the second step of one login.

    Kept as a keyed digest. `tries` counts what was typed over all codes of the login, since
    asking for another one must not buy more guesses. Good until `expires_at`, and once.
    """

    LIFE = timedelta(minutes=10)
    TRIES = 5
    MAILS = 3

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="login_codes"
    )
    digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    mails = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("expires_at", name="login_code_by_age")]
        constraints = [
            models.CheckConstraint(
                name="login_code_is_tried_at_most_five_times",
                condition=models.Q(tries__lte=5),
            ),
            models.CheckConstraint(
                name="login_code_is_mailed_at_most_three_times",
                condition=models.Q(mails__lte=3),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_open(self, at: datetime) -> bool:
        """Whether another try may be taken."""
        return self.used_at is None and self.tries < self.TRIES and at < self.expires_at
