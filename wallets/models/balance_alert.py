from django.db import models

from wallets.models.wallet import Wallet


class BalanceAlert(models.Model):
    """What a wallet's owner wants to be told of: available money below or above an amount.

    In minor units; None for what nobody asked for. `is_below` and `is_above` say how it stood
    when it was last looked at, so that each crossing is told once.
    """

    wallet = models.OneToOneField(
        Wallet, on_delete=models.PROTECT, primary_key=True, related_name="alert"
    )
    below_minor = models.BigIntegerField(null=True)
    above_minor = models.BigIntegerField(null=True)
    is_below = models.BooleanField(default=False)
    is_above = models.BooleanField(default=False)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_amounts_are_above_zero",
                condition=(models.Q(below_minor=None) | models.Q(below_minor__gt=0))
                & (models.Q(above_minor=None) | models.Q(above_minor__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"below {self.below_minor}, above {self.above_minor}"
