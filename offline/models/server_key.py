from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

# An answer that was lost may be asked for again for this long.
HANDED_OUT_FOR = timedelta(minutes=10)


class ServerKey(models.Model):
    """A wallet was opened to have its device's key made here, once, for a key of its owner's.

    `recipient` is the modulus of the key that the export is encrypted to. Until the first
    question there is no key. After it `did` is the key's id and `jwe` the export, the only
    form in which the private key is ever stored; that is emptied when it is acknowledged or
    after ten minutes, and the key is nowhere but with its owner.
    """

    wallet = models.OneToOneField(
        "wallets.Wallet", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    recipient = models.CharField(max_length=512)
    did = models.CharField(max_length=22, blank=True)
    jwe = models.TextField(blank=True)
    handed_out_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_is_stored_until_it_is_destroyed",
                condition=models.Q(did="", jwe="", handed_out_at=None, destroyed_at=None)
                | (
                    ~models.Q(did="")
                    & models.Q(handed_out_at__isnull=False)
                    & (
                        models.Q(jwe="", destroyed_at__isnull=False)
                        | (~models.Q(jwe="") & models.Q(destroyed_at=None))
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.did or f"for {self.pk}"

    @property
    def is_made(self) -> bool:
        return bool(self.did)

    def is_over(self, now: datetime) -> bool:
        """Whether the export is destroyed, or due to be."""
        if self.handed_out_at is None:
            return False
        return self.destroyed_at is not None or now >= self.handed_out_at + HANDED_OUT_FOR
