from django.db import models

from payments.simulators.models.simulated_payment import SimulatedPayment


class SimulatedRefund(models.Model):
    """Money of a payment that goes back to its payer. `reference` is what we called it.

    Two with one reference are two refunds, unless the provider has keys for that.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCESS = "success"
        FAILED = "failed"

    payment = models.ForeignKey(SimulatedPayment, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    ending = models.CharField(max_length=10, choices=Status.choices)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="simulated_refund_gives_something", condition=models.Q(amount_minor__gt=0)
            )
        ]
        indexes = [
            models.Index(
                "due_at", name="simulated_refund_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.reference
