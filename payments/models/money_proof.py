from __future__ import annotations

from django.db import models


class MoneyProof(models.Model):
    """What customers owned in a currency at an instant, and where money for it was. Never changes.

    Minor units. What is at providers is by our books, which are compared with theirs every day.
    """

    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    customers_minor = models.BigIntegerField()
    providers_minor = models.BigIntegerField()
    banks_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("currency", "at", name="money_is_proved_once_at_an_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.at:%Y-%m-%d %H:%M}"

    @property
    def left_minor(self) -> int:
        """What is there beyond what customers own; below zero it is missing."""
        return self.providers_minor + self.banks_minor - self.customers_minor
