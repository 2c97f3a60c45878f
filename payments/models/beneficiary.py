from __future__ import annotations

import uuid

from django.db import models


class Beneficiary(models.Model):
    """A bank account outside that one person pays out to.

    Where it is (`owner_id`, provider, currency, bank, sealed number and name) never changes; one
    that was removed stays, because payouts went to it. Number and name are sealed with its
    owner's key and can be read by nobody once that is destroyed. `provider_code` is what the
    provider calls the account; it is asked for when the first payout needs it, if not before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    bank_code = models.CharField(max_length=40, blank=True)
    number_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    provider_code = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "beneficiaries"
        indexes = [
            models.Index(fields=["owner_id", "-created_at", "-id"], name="beneficiary_of_owner"),
        ]

    def __str__(self) -> str:
        return str(self.id)
