import uuid

from django.conf import settings
from django.db import models

from wallets.models.hold import Hold
from wallets.models.transfer import Transfer


class DisputeStatus(models.TextChoices):
    """`open` waits for staff and `asked` for a party; the others are how it ended, for good."""

    OPEN = "open"
    ASKED = "asked"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DisputeReason(models.TextChoices):
    UNAUTHORISED = "unauthorised"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_AMOUNT = "wrong_amount"
    NOT_RECEIVED = "not_received"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Party(models.TextChoices):
    """Whose side somebody is on; `platform` is nobody: a sweep."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    STAFF = "staff"
    PLATFORM = "platform"


class Dispute(models.Model):
    """A sender's claim that a transfer, or a part of it, should come back.

    `amount_minor` of the transfer's currency is disputed; `hold` sets aside as much of it as the
    recipient had available, where the policy wants that. `due_at` is when the next step should
    have been taken: by staff, or by `asked_party`. It ends once, as the database makes sure: in
    favour of either side only as one person proposed and another one approved.

    What it is about never changes; `status`, who is on it, deadlines and the outcome do.
    """

    OPEN = (DisputeStatus.OPEN, DisputeStatus.ASKED)
    # What may become of what; nothing becomes of the rest.
    MOVES = {
        DisputeStatus.OPEN: {
            DisputeStatus.ASKED,
            DisputeStatus.REFUNDED,
            DisputeStatus.REJECTED,
            DisputeStatus.WITHDRAWN,
        },
        DisputeStatus.ASKED: {
            DisputeStatus.OPEN,
            DisputeStatus.REFUNDED,
            DisputeStatus.REJECTED,
            DisputeStatus.WITHDRAWN,
        },
    }

    reference = models.CharField(max_length=40, unique=True)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="disputes")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes_filed"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes_against"
    )
    reason = models.CharField(max_length=15, choices=DisputeReason)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="dispute")
    status = models.CharField(max_length=9, choices=DisputeStatus, default=DisputeStatus.OPEN)
    asked_party = models.CharField(max_length=9, choices=Party, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    refunded_minor = models.BigIntegerField(default=0)
    refund_reference = models.CharField(max_length=40, blank=True)

    class Meta:
        permissions = [
            ("handle_dispute", "Can take on disputes, ask parties and propose how they end"),
            ("approve_dispute", "Can decide how a dispute ends, as another one proposed"),
        ]
        indexes = [
            models.Index("sender", "id", name="dispute_of_sender"),
            models.Index("recipient", "id", name="dispute_of_recipient"),
            models.Index(
                "due_at",
                "id",
                name="dispute_that_is_due",
                condition=models.Q(status__in=("open", "asked")),
            ),
        ]
        constraints = [
            # One that was withdrawn may be filed again; one that was decided may not.
            models.UniqueConstraint(
                "transfer",
                name="transfer_is_disputed_once_at_a_time",
                condition=~models.Q(status=DisputeStatus.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="dispute_is_about_more_than_nothing",
                condition=models.Q(amount_minor__gt=0),
            ),
            models.CheckConstraint(
                name="refund_of_a_dispute_is_no_more_than_disputed",
                condition=models.Q(
                    refunded_minor__gte=0, refunded_minor__lte=models.F("amount_minor")
                ),
            ),
            models.CheckConstraint(
                name="dispute_is_refunded_by_an_entry",
                condition=models.Q(
                    models.Q(refunded_minor__gt=0),
                    ~models.Q(refund_reference=""),
                    status=DisputeStatus.REFUNDED,
                )
                | models.Q(
                    ~models.Q(status=DisputeStatus.REFUNDED), refunded_minor=0, refund_reference=""
                ),
            ),
            models.CheckConstraint(
                name="dispute_is_open_until_it_is_closed",
                condition=models.Q(status__in=("open", "asked"), closed_at=None)
                | (~models.Q(status__in=("open", "asked")) & models.Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="asked_dispute_names_a_party",
                condition=models.Q(
                    status=DisputeStatus.ASKED, asked_party__in=("sender", "recipient")
                )
                | models.Q(~models.Q(status=DisputeStatus.ASKED), asked_party=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def party_of(self, person_id: uuid.UUID) -> str:
        """On whose side somebody is; everybody but the two parties is staff."""
        if person_id == self.sender_id:
            return Party.SENDER
        return Party.RECIPIENT if person_id == self.recipient_id else Party.STAFF


class DisputeStep(models.Model):
    """One thing that happened to a dispute. Never changes.

    `shown_to` is a party, who sees it beside staff, `both` parties, or staff alone.
    """

    class Kind(models.TextChoices):
        FILED = "filed"
        HELD = "held"
        ASSIGNED = "assigned"
        ASKED = "asked"
        ANSWERED = "answered"
        EVIDENCE = "evidence"
        PROPOSED = "proposed"
        TURNED_DOWN = "turned_down"
        ESCALATED = "escalated"
        REFUNDED = "refunded"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    class ShownTo(models.TextChoices):
        BOTH = "both"
        SENDER = "sender"
        RECIPIENT = "recipient"
        STAFF = "staff"

    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    kind = models.CharField(max_length=11, choices=Kind)
    party = models.CharField(max_length=9, choices=Party)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.CharField(max_length=2000, blank=True)
    shown_to = models.CharField(max_length=9, choices=ShownTo)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("dispute", "id", name="step_of_dispute")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.party}"


class DisputeEvidence(models.Model):
    """A file that a party handed in, sealed with that person's own key. Never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="evidence")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()
    submitted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dispute evidence"

    def __str__(self) -> str:
        return f"{self.content_type} {self.id}"


class DisputeDecision(models.Model):
    """How one person of the staff proposed that a dispute should end, for another to decide.

    Only the last three columns change, once.
    """

    class Outcome(models.TextChoices):
        REFUND = "refund"
        REJECT = "reject"

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        TURNED_DOWN = "turned_down"

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=6, choices=Outcome)
    amount_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    status = models.CharField(max_length=11, choices=Status, default=Status.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "dispute",
                name="dispute_has_one_open_proposal",
                condition=models.Q(status="proposed"),
            ),
            models.CheckConstraint(
                name="refund_proposal_names_an_amount",
                condition=models.Q(outcome="refund", amount_minor__gt=0)
                | models.Q(outcome="reject", amount_minor=0),
            ),
            models.CheckConstraint(
                name="dispute_is_decided_by_another_than_proposed_it",
                condition=~models.Q(status="approved")
                | models.Q(~models.Q(decided_by=models.F("proposed_by")), decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_proposal_is_decided_at_an_instant_by_somebody",
                condition=models.Q(status="proposed", decided_at=None, decided_by=None)
                | models.Q(
                    ~models.Q(status="proposed"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.status})"
