from django.db import models


class JournalEntry(models.Model):
    """One movement of money, whole: its postings sum to zero in each currency.

    Never changed and never deleted. `reference` is unique for ever. `occurred_at` is when it
    happened in the world, `recorded_at` when the ledger wrote it down; for any one account
    `recorded_at` never goes back. `posting_count` is how many postings it has.
    `reverses` is the entry that this one undoes, all of it or a part.
    """

    # In this order a row wastes no room on alignment.
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # The posting function sees to it that the entry is there; entries are never removed.
    reverses = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="reversals",
        db_index=False,
        db_constraint=False,
    )
    posting_count = models.SmallIntegerField()
    actor_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64, blank=True)
    metadata = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [
            models.Index(
                fields=["reverses"],
                name="reversals_of_an_entry",
                condition=models.Q(reverses__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="one_entry_for_each_reference"),
        ]

    def __str__(self) -> str:
        return self.reference
