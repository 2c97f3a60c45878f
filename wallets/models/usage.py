from django.db import models

from wallets.models.wallet import Wallet


class Usage(models.Model):
    """How often and how much a wallet did of one operation today and this month, in UTC.

    Counted by the database's own functions, under the row's lock, when a limit asks for it.
    `month` is the first day of the month.
    """

    pk = models.CompositePrimaryKey("wallet_id", "operation")
    # No foreign key in the database: the posting in the same call proves the wallet.
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    operation = models.CharField(max_length=12)
    day = models.DateField()
    month = models.DateField()
    day_count = models.BigIntegerField()
    day_minor = models.BigIntegerField()
    month_count = models.BigIntegerField()
    month_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.operation}: {self.day_count} on {self.day}"
