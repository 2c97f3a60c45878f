from django.db import models


class Currency(models.Model):
    """An ISO 4217 currency that accounts may be kept in. Rows are never changed."""

    code = models.CharField(max_length=3, primary_key=True)
    exponent = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "currencies"
        constraints = [
            models.CheckConstraint(
                name="exponent_is_between_0_and_4", condition=models.Q(exponent__lte=4)
            )
        ]

    def __str__(self) -> str:
        return self.code
