from django.db import models


class Allowance(models.Model):
    """How much of a thing that is limited somebody has used in the window that runs.

    `key` says what and who. A row whose window is over counts for nothing.
    """

    key = models.CharField(max_length=100, primary_key=True)
    window_ends_at = models.DateTimeField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key
