from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from ledger.money import Money, currency
from payments.models.beneficiary import Beneficiary


class Payout(models.Model):
    """Money of a wallet on its way to a bank account outside, held from the first moment.

    Its terms never change: reference, wallet, beneficiary, amount, fee, provider, the provider's
    reference and how many people must approve it. `pending` was never sent and may be
    cancelled. It becomes `processing` before it is sent, once, so that whatever happens then it
    is never sent again: what became of it is asked for. Completed, its hold was captured under
    `reference`; failed or cancelled, released. A completed one may come back: `reversed`.

    `next_step_at` is when somebody should take it up next, and the lease of whoever has: each
    taking moves it on and counts up `fence`. It is null while nobody needs to. `mismatch` says
    in one word what a person must look at. `settled_by` says whether the provider or people
    decided how it ended.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        PROCESSING = "processing"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"
        REVERSED = "reversed"

    class SettledBy(models.TextChoices):
        PROVIDER = "provider"
        PEOPLE = "people"

    MOVES = {
        Status.PENDING: {Status.PROCESSING, Status.FAILED, Status.CANCELLED},
        Status.PROCESSING: {Status.COMPLETED, Status.FAILED, Status.CANCELLED},
        Status.COMPLETED: {Status.REVERSED},
        Status.FAILED: set[Status](),
        Status.CANCELLED: set[Status](),
        Status.REVERSED: set[Status](),
    }
    OPEN = (Status.PENDING, Status.PROCESSING)

    reference = models.CharField(max_length=24, unique=True)
    wallet = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="payouts")
    owner_id = models.UUIDField()
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="payouts")
    hold = models.OneToOneField("wallets.Hold", on_delete=models.PROTECT, related_name="payout")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    provider_reference = models.CharField(max_length=50, unique=True)
    description = models.CharField(max_length=255, blank=True)
    approvals_needed = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    mismatch = models.CharField(max_length=60, blank=True)
    settled_by = models.CharField(max_length=8, choices=SettledBy.choices, blank=True)
    provider_code = models.CharField(max_length=100, blank=True)
    provider_fee_minor = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    not_found_at = models.DateTimeField(null=True)  # since when the provider does not know it
    next_step_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)

    class Meta:
        permissions = [
            ("approve_payout", "Can approve a payout above a threshold, or turn it down"),
            ("settle_payout", "Can say, with another, how an unknown payout ended"),
        ]
        constraints = [
            models.CheckConstraint(
                name="payout_pays_something",
                condition=models.Q(amount_minor__gt=0, fee_minor__gte=0),
            ),
            models.CheckConstraint(
                name="payout_was_sent_unless_it_never_was_processing",
                condition=models.Q(status="pending", sent_at=None)
                | models.Q(status__in=["failed", "cancelled"])
                | models.Q(
                    status__in=["processing", "completed", "reversed"], sent_at__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="payout_says_when_it_ended",
                condition=models.Q(status__in=["pending", "processing"], ended_at=None)
                | models.Q(
                    status__in=["completed", "failed", "cancelled", "reversed"],
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="sent_payout_is_asked_about_until_it_ends",
                condition=~models.Q(status="processing") | models.Q(next_step_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index("owner_id", models.F("reference").desc(), name="payout_of_owner"),
            models.Index(
                "next_step_at",
                "id",
                name="payout_to_take_up",
                condition=models.Q(next_step_at__isnull=False),
            ),
            models.Index("id", name="payout_mismatched", condition=~models.Q(mismatch="")),
            models.Index(
                "id",
                name="payout_to_approve",
                condition=models.Q(status="pending", approvals_needed__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, currency(self.currency))

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, currency(self.currency))

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def may_become(self, status: Status) -> bool:
        """Whether the table of permitted moves has this one."""
        return status in self.MOVES[self.Status(self.status)]

    def facts(self) -> dict[str, str]:
        """Return what every event about it says; needs its wallet."""
        return {
            "reference": self.reference,
            "wallet": self.wallet.number,
            "beneficiary": str(self.beneficiary_id),
            "amount": self.amount.decimal_string(),
            "fee": self.fee.decimal_string(),
            "currency": self.currency,
            "provider": self.provider,
            "status": self.status,
        }

    def age(self, now: datetime) -> float:
        """Return the seconds since it was sent, or asked for."""
        return (now - (self.sent_at or self.created_at)).total_seconds()


class PayoutVote(models.Model):
    """What one person said about a payout, once in each question. Never changes.

    About one that waits for approval: approve or reject. About one whose end the provider does
    not tell: paid or unpaid; two people who say the same settle it. The database takes no vote
    of whoever the money belongs to, and sends or settles nothing without enough of them.
    """

    class Verdict(models.TextChoices):
        APPROVE = "approve"
        REJECT = "reject"
        PAID = "paid"
        UNPAID = "unpaid"

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="votes")
    verdict = models.CharField(max_length=7, choices=Verdict.choices)
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "payout", "voter", "verdict", name="person_votes_once_for_a_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.payout_id}"


class PayoutThreshold(models.Model):
    """From which amount, in minor units, a payout in a currency waits for people.

    Below `one_from_minor` for none, from there for one, from `two_from_minor` for two. A
    currency without a row waits for nobody. Written with the rights of the schema's owner alone
    (`manage.py set_payout_threshold`).
    """

    currency = models.CharField(max_length=3, primary_key=True)
    one_from_minor = models.BigIntegerField()
    two_from_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payout_thresholds_rise",
                condition=models.Q(one_from_minor__gt=0)
                & (
                    models.Q(two_from_minor=None)
                    | models.Q(two_from_minor__gte=models.F("one_from_minor"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.currency

    def approvals_for(self, amount: Money) -> int:
        """Return how many people must approve this amount."""
        minor = amount.amount_minor
        if self.two_from_minor is not None and minor >= self.two_from_minor:
            return 2
        return 1 if minor >= self.one_from_minor else 0
