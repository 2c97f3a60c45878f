from django.conf import settings
from django.db import models

from wallets.models.wallet import Wallet


class Freeze(models.Model):
    """That nothing may leave a wallet, nothing arrive, or both, from `placed_at` on.

    At most one is open for a wallet, which is `frozen` meanwhile. It ends when somebody lifts
    it, when its time is over, or when another one takes its place; after that nothing of it
    changes. `placed_by` and `lifted_by` are empty for what the platform did by itself.
    """

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="freezes", db_index=False
    )
    debits = models.BooleanField()
    credits = models.BooleanField()
    reason = models.CharField(max_length=200)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index("wallet", "id", name="freeze_of_wallet"),
            models.Index(
                "expires_at",
                name="freeze_that_will_end",
                condition=models.Q(lifted_at=None, expires_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "wallet",
                name="wallet_has_one_open_freeze",
                condition=models.Q(lifted_at=None),
            ),
            models.CheckConstraint(
                name="freeze_stops_something",
                condition=models.Q(debits=True) | models.Q(credits=True),
            ),
            models.CheckConstraint(name="freeze_has_a_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} since {self.placed_at}"
