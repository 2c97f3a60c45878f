from django.db import models
from django.db.models.functions import Now

from ledger import chart
from ledger.models.currency import Currency

NO_FLOOR = -(2**63) + 1


class LedgerAccount(models.Model):
    """One account of the books, or one of the rows that a busy account is spread over.

    Amounts are minor units of `currency`. A credit is positive and a debit negative, so what
    we owe (liabilities) stands positive and what we own (assets) negative. `code`, `shard`,
    `kind` and `currency` never change; the rest changes by the ledger's functions alone.

    What one column must be by itself is said by its domain in the database.

    `sequence` counts the account's postings without a gap, `moved_at` is when the last one was
    made or what is held last changed, and `balance_minor - held_minor` never falls below
    `floor_minor`.
    """

    code = models.CharField(max_length=120)
    shard = models.SmallIntegerField(default=0)
    kind = models.CharField(max_length=9, choices=[(kind, kind) for kind in chart.KINDS])
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    balance_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    floor_minor = models.BigIntegerField(default=NO_FLOOR)
    sequence = models.BigIntegerField(default=0)
    debits_blocked = models.BooleanField(default=False)
    credits_blocked = models.BooleanField(default=False)
    moved_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "shard"], name="one_account_for_each_code"),
            models.CheckConstraint(
                name="balance_covers_floor_and_holds",
                condition=models.Q(
                    balance_minor__gte=models.F("floor_minor") + models.F("held_minor")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}#{self.shard}" if self.shard else self.code
