from django.db import models


class FaultSettings(models.Model):
    """The one row that says how badly the provider behaves; no row: not at all."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rates = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="there_is_one_row_of_fault_settings", condition=models.Q(id=1)
            )
        ]

    def __str__(self) -> str:
        return "fault settings"
