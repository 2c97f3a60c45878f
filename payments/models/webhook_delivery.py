from __future__ import annotations

from django.db import models

from payments.models.deposit import Deposit
from payments.models.payout import Payout


class WebhookDelivery(models.Model):
    """One event that a provider told us of, with a signature that was its own.

    A forged one is never stored. What arrived (`provider`, `dedupe_key`, `kind`, `subject` and
    its reference, `body`, `headers`, `received_at`) is kept for ever and never changes, because
    the row is what stops a replay; the database refuses it. The rest says what became of it: the
    event is a reason to ask the provider about a payment, and no more.

    `payment_reference` is the provider's reference of the payment, the payout, or the payment
    of which a refund changed, as `subject` says; empty when the event is about none.
    """

    class Subject(models.TextChoices):
        PAYMENT = "payment"
        REFUND = "refund"
        PAYOUT = "payout"

    class State(models.TextChoices):
        RECEIVED = "received"
        PARKED = "parked"  # nothing to apply it to yet, or nobody could say; tried for 72 hours
        APPLIED = "applied"
        IGNORED = "ignored"
        GIVEN_UP = "given_up"

    OPEN = (State.RECEIVED, State.PARKED)

    provider = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    subject = models.CharField(
        max_length=7, choices=Subject.choices, default=Subject.PAYMENT, db_default=Subject.PAYMENT
    )
    payment_reference = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    deposit = models.ForeignKey(
        Deposit, on_delete=models.PROTECT, null=True, related_name="webhook_deliveries"
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, related_name="webhook_deliveries"
    )
    note = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        permissions = [("replay_webhookdelivery", "Can apply again what a provider told")]
        constraints = [
            models.UniqueConstraint("provider", "dedupe_key", name="provider_event_is_stored_once"),
            models.CheckConstraint(
                name="open_webhook_has_a_next_try",
                condition=models.Q(state__in=["received", "parked"], next_try_at__isnull=False)
                | models.Q(state__in=["applied", "ignored", "given_up"], next_try_at=None),
            ),
        ]
        indexes = [
            models.Index(
                "next_try_at", name="webhook_to_try", condition=models.Q(next_try_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in self.OPEN
