from django.db import models


class BalanceMovement(models.Model):
    """One change of what a provider holds for us, in minor units; their sum is the balance.

    `source` names what changed it, once: `payment:7`, `payout:3`, `payout:3:back`, `refund:2`.
    `difference_minor` is `gross_minor` less `fee_minor`, the provider's own fee.
    """

    provider = models.CharField(max_length=20, default="paystack")
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default="payment")
    reference = models.CharField(max_length=100, default="")
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    difference_minor = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("source", name="simulated_money_moves_once_for_each_cause")
        ]
        indexes = [models.Index("provider", "recorded_at", name="simulated_movements")]

    def __str__(self) -> str:
        return f"{self.currency} {self.difference_minor:+d}"
