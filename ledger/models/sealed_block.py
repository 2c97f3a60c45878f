from django.db import models


class SealedBlock(models.Model):
    """A run of journal entries that are sealed: one root over them, signed, after the last block.

    Never changed and never deleted. Blocks count from 1 without a gap, and the entries of each
    begin after those of the one before it. `head` is the text that `signature` signs with the
    private half of `public_key`; `hash` is that of the head, which the next block has as
    `previous`. The other columns repeat what the head says.
    """

    height = models.BigIntegerField(primary_key=True)
    first_entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    entries = models.IntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    head = models.TextField()
    signature = models.BinaryField()
    public_key = models.CharField(max_length=44)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="one_block_after_each_block"),
            models.UniqueConstraint(fields=["last_entry_id"], name="one_block_for_each_entry"),
            models.CheckConstraint(
                name="block_has_entries",
                condition=models.Q(entries__gte=1)
                & models.Q(last_entry_id__gte=models.F("first_entry_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.height}"
