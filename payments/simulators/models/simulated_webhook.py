from django.db import models


class SimulatedWebhook(models.Model):
    """One message to deliver: it is sent until somebody answers 200, for 72 hours.

    `body` is sent as it is, byte for byte, with every attempt, and signed anew for each.
    """

    class Flaw(models.TextChoices):
        NONE = ""
        SIGNATURE = "signature"  # signed with another key
        STALE = "stale"  # signed long ago

    provider = models.CharField(max_length=20, default="paystack")
    subject = models.CharField(max_length=100, default="")
    body = models.TextField()
    flaw = models.CharField(max_length=10, choices=Flaw.choices, blank=True, default=Flaw.NONE)
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
