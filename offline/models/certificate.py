from __future__ import annotations

from datetime import datetime

from django.db import models

from ledger.money import Money, currency
from offline.models.device import Device


class CertificateStatus(models.TextChoices):
    ISSUED = "issued"
    CLOSED = "closed"  # by its device: no more vouchers, a new certificate may follow
    EXPIRED = "expired"  # set when the next one is issued; by time it is so from `expires_at` on
    REVOKED = "revoked"  # with its device
    RECLAIMED = "reclaimed"  # past its deadline, what was left is back in the wallet


class Certificate(models.Model):
    """What we signed for a device: how much it may pay until when, and the money held for it.

    Terms and `text`, the signed message, never change. The hold `account_id` has in it
    `authorised_minor - settled_minor - returned_minor`, always; a certificate that only
    receives has none. `guaranteed_minor` is what the reserve has paid for it.
    """

    jti = models.CharField(max_length=22, primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="certificates")
    wallet = models.ForeignKey(
        "wallets.Wallet", on_delete=models.PROTECT, related_name="certificates"
    )
    account = models.OneToOneField(
        "ledger.LedgerAccount", on_delete=models.PROTECT, null=True, related_name="certificate"
    )
    currency = models.CharField(max_length=3)
    authorised_minor = models.BigIntegerField()
    voucher_minor = models.BigIntegerField()
    count = models.PositiveSmallIntegerField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    submit_until = models.DateTimeField()
    issued_at = models.DateTimeField()
    vid = models.CharField(max_length=43, unique=True)
    text = models.TextField()
    status = models.CharField(
        max_length=9, choices=CertificateStatus, default=CertificateStatus.ISSUED
    )
    settled_minor = models.BigIntegerField(default=0)
    returned_minor = models.BigIntegerField(default=0)
    guaranteed_minor = models.BigIntegerField(default=0)
    closing = models.TextField(blank=True)
    closing_counter = models.PositiveSmallIntegerField(null=True)
    reclaimed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("wallet", models.F("issued_at").desc(), name="certificate_of_wallet"),
            models.Index(
                "submit_until",
                name="certificate_to_reclaim",
                condition=~models.Q(status=CertificateStatus.RECLAIMED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["wallet"],
                name="one_open_certificate_for_each_wallet",
                condition=models.Q(status=CertificateStatus.ISSUED),
            ),
            models.CheckConstraint(
                name="certificate_pays_no_more_than_it_holds",
                condition=models.Q(
                    settled_minor__gte=0,
                    returned_minor__gte=0,
                    authorised_minor__gte=models.F("settled_minor") + models.F("returned_minor"),
                ),
            ),
            models.CheckConstraint(
                name="certificate_has_a_hold_if_it_pays",
                condition=models.Q(authorised_minor=0, account=None)
                | models.Q(authorised_minor__gt=0, account__isnull=False),
            ),
            models.CheckConstraint(
                name="certificate_times_are_in_order",
                condition=models.Q(
                    not_before__lt=models.F("expires_at"),
                    expires_at__lte=models.F("submit_until"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.jti

    @property
    def held_minor(self) -> int:
        """What is still held for vouchers, in minor units."""
        return self.authorised_minor - self.settled_minor - self.returned_minor

    @property
    def held(self) -> Money:
        return Money(self.held_minor, currency(self.currency))

    @property
    def returned(self) -> Money:
        return Money(self.returned_minor, currency(self.currency))

    @property
    def amount(self) -> Money:
        return Money(self.authorised_minor, currency(self.currency))

    @property
    def is_reclaimed(self) -> bool:
        return self.status == CertificateStatus.RECLAIMED

    def status_at(self, now: datetime) -> str:
        """The status as people read it: an issued certificate expires by itself."""
        if self.status == CertificateStatus.ISSUED and now > self.expires_at:
            return CertificateStatus.EXPIRED
        return self.status
