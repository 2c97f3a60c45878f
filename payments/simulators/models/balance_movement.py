from django.db import models

from payments.simulators.models.simulated_payment import SimulatedPayment


class BalanceMovement(models.Model):
    """One change of what the provider holds for us, in minor units; their sum is the balance."""

    payment = models.OneToOneField(
        SimulatedPayment, on_delete=models.PROTECT, related_name="movement"
    )
    currency = models.CharField(max_length=3)
    difference_minor = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.currency} {self.difference_minor:+d}"
