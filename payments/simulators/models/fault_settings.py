from django.db import models


class FaultSettings(models.Model):
    """The one row that says how badly the providers behave; no row: not at all.

    `ahead_seconds` is how far their clock is ahead of ours.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rates = models.JSONField(default=dict)
    ahead_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="there_is_one_row_of_fault_settings", condition=models.Q(id=1)
            )
        ]

    def __str__(self) -> str:
        return "fault settings"
