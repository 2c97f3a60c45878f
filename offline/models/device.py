from __future__ import annotations

from django.db import models


class DeviceStatus(models.TextChoices):
    ACTIVE = "active"
    REVOKED = "revoked"


class Tier(models.TextChoices):
    """How well a device's key is known to be kept, and so how much it may spend."""

    ATTESTED = "attested"
    BASIC = "basic"


class Device(models.Model):
    """A key that somebody proved to hold, for one wallet. The private half was never here.

    `did` is computed from the key, of which `modulus` is the base64url. `proof` is the message
    that proved it. Only the status, and when and why it was revoked, ever change. Until
    `full_limits_at` a device that followed another one has the limits of the basic tier.
    """

    did = models.CharField(max_length=22, primary_key=True)
    wallet = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="devices")
    owner_id = models.UUIDField()
    name = models.CharField(max_length=60, blank=True)
    modulus = models.CharField(max_length=512)
    tier = models.CharField(max_length=8, choices=Tier)
    proof = models.TextField()
    status = models.CharField(max_length=7, choices=DeviceStatus, default=DeviceStatus.ACTIVE)
    enrolled_at = models.DateTimeField()
    full_limits_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=60, blank=True)

    class Meta:
        permissions = [("revoke_device", "Can revoke devices")]
        indexes = [models.Index("owner_id", name="device_of_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["wallet"],
                name="one_active_device_for_each_wallet",
                condition=models.Q(status=DeviceStatus.ACTIVE),
            ),
            models.CheckConstraint(
                name="revoked_device_says_when",
                condition=models.Q(status="revoked", revoked_at__isnull=False)
                | models.Q(status="active", revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.did

    @property
    def is_active(self) -> bool:
        return self.status == DeviceStatus.ACTIVE


class DeviceChallenge(models.Model):
    """256 random bits that a new device signs, once, for one person and wallet."""

    challenge = models.CharField(max_length=43, primary_key=True)
    wallet = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="+")
    owner_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.challenge[:8]
