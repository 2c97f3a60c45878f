from django.db import models

from ledger.models.account import LedgerAccount
from ledger.models.entry import JournalEntry


class Posting(models.Model):
    """One line of an entry: what it did to one account.

    Never changed, never deleted, and never added later: all of an entry's postings arrive in one
    statement, in ascending account id, numbered from 1 by `position`.
    `amount_minor` is in the account's currency, a credit positive; `balance_after` is the
    account's balance once `sequence` postings had been made. `type` is what the line is called
    in the account holder's history.
    """

    pk = models.CompositePrimaryKey("entry_id", "position")
    # The trigger on this table proves both keys once a statement, at half a foreign key's cost;
    # entries and accounts are never removed, so what was proved stays true.
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    amount_minor = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    sequence = models.BigIntegerField()
    position = models.SmallIntegerField()
    type = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "sequence"], name="one_posting_for_each_account_sequence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.position}"
