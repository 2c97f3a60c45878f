from django.db import models

from wallets.models.transfer import Transfer


class TransitReason(models.TextChoices):
    """Why money waits: its receiver is frozen, would hold too much, or has yet to come."""

    BLOCKED = "blocked"
    FULL = "full"
    INVITED = "invited"


class Transit(models.Model):
    """A transfer in two entries: its money left the source, and waits or waited for its receiver.

    `settled` is the entry that took it from *in transit* to the receiver, or back; until then
    the transfer is pending. Who was invited is named by `email`, in lower case, which is emptied
    once that is settled; `hint` is what the sender can still recognise it by. `mailed_at` is when
    the invitation was sent.
    """

    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, primary_key=True, related_name="transit"
    )
    reason = models.CharField(max_length=7, choices=TransitReason)
    email = models.CharField(max_length=254, blank=True)
    hint = models.CharField(max_length=254, blank=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    settled = models.OneToOneField(
        "ledger.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("expires_at", name="transit_that_waits", condition=models.Q(settled=None)),
            models.Index("email", name="transit_of_invited", condition=~models.Q(email="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="transit_is_settled_at_an_instant",
                condition=models.Q(settled=None, settled_at=None)
                | models.Q(settled__isnull=False, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="transit_names_who_is_invited_until_it_is_settled",
                condition=models.Q(reason=TransitReason.INVITED, settled=None) & ~models.Q(email="")
                | ~models.Q(reason=TransitReason.INVITED, settled=None) & models.Q(email=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} until {self.expires_at}"
