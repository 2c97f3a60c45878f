from django.db import models

from payments.simulators.models.simulated_payment import SimulatedPayment


class SimulatedWebhook(models.Model):
    """One message to deliver: it is sent until somebody answers 200, for 72 hours.

    `body` is sent as it is, byte for byte, with every attempt.
    """

    payment = models.ForeignKey(SimulatedPayment, on_delete=models.PROTECT, related_name="webhooks")
    body = models.TextField()
    signature = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null: delivered, or given up
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                "due_at", name="simulated_webhook_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} after {self.attempts} attempts"
