from __future__ import annotations

from django.db import models

from ledger.money import Money, currency


class Deposit(models.Model):
    """One payment into a wallet, from asking for it to crediting it.

    What was asked for never changes: `reference`, wallet, amount, provider and `request_key`.
    The wallet is credited under `reference`, once for ever, and only when `status` becomes
    completed; every other status may still become that, since a provider may be late.

    `provider_reference` is the reference in the provider's spelling. It changes with `attempt`:
    when the provider's answer was lost with the address of the checkout, nobody can pay under
    the old one, and the next attempt gets a new one. `checkout_id` is the provider's own name
    for the checkout in force, and `paid_reference` the reference under which was paid: a payer
    may have paid under an older one. `mismatch` says in one word why a payment
    that was made is not credited and waits for a person; it is empty otherwise.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        COMPLETED = "completed"
        FAILED = "failed"
        EXPIRED = "expired"

    MOVES = {
        Status.PENDING: {Status.COMPLETED, Status.FAILED, Status.EXPIRED},
        Status.FAILED: {Status.COMPLETED},
        Status.EXPIRED: {Status.COMPLETED},
        Status.COMPLETED: set[Status](),
    }

    reference = models.CharField(max_length=24, unique=True)
    wallet = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="deposits")
    owner_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=40, unique=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    request_key = models.UUIDField(unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    mismatch = models.CharField(max_length=60, blank=True)
    authorization_url = models.CharField(max_length=500, blank=True)
    checkout_id = models.CharField(max_length=100, blank=True)
    paid_reference = models.CharField(max_length=40, blank=True)
    fee_minor = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    last_asked_at = models.DateTimeField(null=True)
    next_ask_at = models.DateTimeField(null=True)  # null: nobody asks any more

    class Meta:
        permissions = [
            ("settle_deposit", "Can ask the provider about a deposit once more"),
        ]
        constraints = [
            models.CheckConstraint(
                name="deposit_asks_for_something", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="deposit_status_is_known",
                condition=models.Q(status__in=["pending", "completed", "failed", "expired"]),
            ),
            models.CheckConstraint(
                name="deposit_says_when_it_completed",
                condition=models.Q(status="completed", completed_at__isnull=False)
                | (~models.Q(status="completed") & models.Q(completed_at=None)),
            ),
            models.CheckConstraint(
                name="deposit_is_not_completed_with_a_mismatch",
                condition=~models.Q(status="completed") | models.Q(mismatch=""),
            ),
        ]
        indexes = [
            models.Index("owner_id", models.F("reference").desc(), name="deposit_of_owner"),
            models.Index(
                "next_ask_at", name="deposit_to_ask", condition=models.Q(next_ask_at__isnull=False)
            ),
            models.Index("id", name="deposit_mismatched", condition=~models.Q(mismatch="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, currency(self.currency))

    @property
    def is_at_rest(self) -> bool:
        """Whether it has ended and nobody waits for anything about it."""
        return self.status != self.Status.PENDING and not self.mismatch

    def checkout_of(self, provider_reference: str) -> str:
        """Return the provider's name for the checkout of an attempt, if it is known."""
        return self.checkout_id if provider_reference == self.provider_reference else ""

    def facts(self) -> dict[str, str]:
        """Return what every event about it says; needs its wallet."""
        return {
            "reference": self.reference,
            "wallet": self.wallet.number,
            "amount": self.amount.decimal_string(),
            "currency": self.currency,
            "provider": self.provider,
            "status": self.status,
        }

    def may_become(self, status: Status) -> bool:
        """Whether the table of permitted moves has this one."""
        return status in self.MOVES[self.Status(self.status)]

    def asks_for(self, *, wallet_id: int, amount: Money, provider: str) -> bool:
        """Whether these are the terms that this deposit was started with."""
        return (self.wallet_id, self.amount, self.provider) == (wallet_id, amount, provider)
