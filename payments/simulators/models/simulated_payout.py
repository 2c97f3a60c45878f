from django.db import models


class SimulatedRecipient(models.Model):
    """A bank account that the provider was told of."""

    provider = models.CharField(max_length=20)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=40)
    bank_code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "provider",
                "number",
                "bank_code",
                "currency",
                name="simulated_recipient_is_known_once",
            )
        ]

    def __str__(self) -> str:
        return self.code


class SimulatedPayout(models.Model):
    """Money that the provider pays out of what it holds for us. Amounts are minor units.

    `ending` says what it will become; the next step is taken at `due_at`. One that is to be
    reversed succeeds first.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCESS = "success"
        FAILED = "failed"
        REVERSED = "reversed"
        CANCELLED = "cancelled"

    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    code = models.CharField(max_length=40, unique=True)
    recipient = models.ForeignKey(
        SimulatedRecipient, on_delete=models.PROTECT, related_name="payouts"
    )
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    ending = models.CharField(max_length=10, choices=Status.choices)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "provider", "reference", name="simulated_payout_is_sent_once_for_its_reference"
            ),
            models.CheckConstraint(
                name="simulated_payout_pays_something", condition=models.Q(amount_minor__gt=0)
            ),
        ]
        indexes = [
            models.Index(
                "due_at", name="simulated_payout_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.reference
