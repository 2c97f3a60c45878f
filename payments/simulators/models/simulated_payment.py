from django.db import models


class SimulatedPayment(models.Model):
    """One payment that was asked for. Amounts are minor units.

    `requested_minor` and `reference` never change. `paid_minor` and `currency` say what the
    payer gave, which a fault can make another amount or another currency.
    """

    class Status(models.TextChoices):
        # What the provider calls a checkout that nobody has finished, touched or not.
        ABANDONED = "abandoned"
        SUCCESS = "success"
        FAILED = "failed"

    reference = models.CharField(max_length=100, unique=True)
    access_code = models.CharField(max_length=20, unique=True)
    email = models.EmailField()
    requested_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(null=True)
    fees_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ABANDONED)
    callback_url = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(null=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="simulated_payment_asks_for_something",
                condition=models.Q(requested_minor__gt=0),
            ),
            models.CheckConstraint(
                name="simulated_payment_is_paid_or_not",
                condition=models.Q(status="success", paid_minor__gt=0, paid_at__isnull=False)
                | (~models.Q(status="success") & models.Q(paid_minor=None, paid_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
