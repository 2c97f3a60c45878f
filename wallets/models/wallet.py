from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class WalletKind(models.TextChoices):
    CURRENT = "current"
    OFFLINE = "offline"


class WalletStatus(models.TextChoices):
    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class Wallet(models.Model):
    """A customer's ledger account, with the number that other people send money to.

    Only `label`, `status` and `debits_stopped` ever change, and nothing of a closed one. What it
    holds is the ledger account's to say. `debits_stopped` is what other parts of the platform
    asked for; a freeze is a row of its own. From both follows what the account lets through.
    """

    account = models.OneToOneField(
        "ledger.LedgerAccount", on_delete=models.PROTECT, primary_key=True, related_name="wallet"
    )
    number = models.CharField(max_length=13)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallets", db_index=False
    )
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=7, choices=WalletKind, default=WalletKind.CURRENT)
    status = models.CharField(max_length=6, choices=WalletStatus, default=WalletStatus.ACTIVE)
    label = models.CharField(max_length=60, blank=True)
    debits_stopped = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = [("freeze_wallet", "Can freeze and unfreeze wallets")]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_wallet_for_each_number"),
            models.UniqueConstraint(
                fields=["owner", "currency", "kind"],
                name="one_wallet_for_each_owner_currency_and_kind",
                condition=~models.Q(status=WalletStatus.CLOSED),
            ),
            models.CheckConstraint(
                name="wallet_number_is_13_digits",
                condition=models.Q(number__regex=r"^[0-9]{13}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.number
