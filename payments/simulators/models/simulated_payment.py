from django.db import models


class SimulatedPayment(models.Model):
    """One payment that was asked for. Amounts are minor units.

    `requested_minor` and `reference` never change. `paid_minor` and `currency` say what the
    payer gave, which a fault can make another amount or another currency. One that is ongoing
    succeeds by itself at `due_at`.
    """

    class Status(models.TextChoices):
        # What the provider calls a checkout that nobody has finished, touched or not.
        ABANDONED = "abandoned"
        ONGOING = "ongoing"
        SUCCESS = "success"
        FAILED = "failed"
        REVERSED = "reversed"

    provider = models.CharField(max_length=20, default="paystack")
    reference = models.CharField(max_length=100)
    access_code = models.CharField(max_length=20, unique=True)
    email = models.EmailField()
    requested_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(null=True)
    fees_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ABANDONED)
    callback_url = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(null=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "provider", "reference", name="simulated_payment_has_its_reference_alone"
            ),
            models.CheckConstraint(
                name="simulated_payment_asks_for_something",
                condition=models.Q(requested_minor__gt=0),
            ),
            models.CheckConstraint(
                name="simulated_payment_is_paid_or_not",
                condition=models.Q(
                    status__in=["success", "reversed"], paid_minor__gt=0, paid_at__isnull=False
                )
                | (
                    ~models.Q(status__in=["success", "reversed"])
                    & models.Q(paid_minor=None, paid_at=None)
                ),
            ),
            models.CheckConstraint(
                name="simulated_refunds_never_exceed_the_payment",
                condition=models.Q(refunded_minor=0)
                | models.Q(refunded_minor__gt=0, refunded_minor__lte=models.F("paid_minor")),
            ),
        ]
        indexes = [
            models.Index(
                "due_at", name="simulated_payment_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_paid(self) -> bool:
        return self.status in {self.Status.SUCCESS, self.Status.REVERSED}
