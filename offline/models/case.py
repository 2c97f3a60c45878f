from __future__ import annotations

from django.conf import settings
from django.db import models

from offline.models.certificate import Certificate
from offline.models.voucher import Voucher


class CaseKind(models.TextChoices):
    FORK = "fork"  # a device signed what contradicts itself
    COMPLAINT = "complaint"  # a party says that a payment was not right


class CaseStatus(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class Ruling(models.TextChoices):
    PAY_FROM_RESERVE = "pay_from_reserve"
    REJECT = "reject"
    WRITE_OFF = "write_off"
    CLOSE = "close"  # of the case: the payer may pay again


class Case(models.Model):
    """Something about a certificate's vouchers that people must decide.

    A fork has its proofs, and stops what goes out of the payer's wallets while it is open. A
    complaint is about one voucher and has a statement by who complains.
    """

    kind = models.CharField(max_length=9, choices=CaseKind)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="cases")
    voucher = models.ForeignKey(
        Voucher, on_delete=models.PROTECT, null=True, related_name="complaints"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    statement = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=6, choices=CaseStatus, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                name="one_open_fork_for_each_certificate",
                condition=models.Q(kind=CaseKind.FORK, status=CaseStatus.OPEN),
            ),
            models.UniqueConstraint(
                fields=["voucher", "opened_by"],
                name="one_open_complaint_for_each_voucher_and_party",
                condition=models.Q(kind=CaseKind.COMPLAINT, status=CaseStatus.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status == CaseStatus.OPEN


class ForkProof(models.Model):
    """Two messages of one device that contradict each other; anybody can check them.

    `second` is empty when the contradiction is with the certificate itself, or with the
    certificate's closing statement. Never changed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=12)
    first = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "first", "second"],
                name="one_row_for_each_proof",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    def document(self) -> dict[str, str]:
        """The proof as anybody can check it; needs its vouchers and their certificate."""
        certificate = self.first.certificate
        second = self.second.text if self.second else certificate.closing
        return {"cert": certificate.text, "a": self.first.text, "b": second, "kind": self.kind}


class CaseDecision(models.Model):
    """What one person proposes about a disputed voucher or a case, and another one approves.

    Nothing happens before it is approved; after that it never changes.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="+")
    ruling = models.CharField(max_length=16, choices=Ruling)
    note = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("decide_case", "Can propose and approve decisions on cases")]
        constraints = [
            models.CheckConstraint(
                name="decision_is_approved_by_somebody_else",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="decision_closes_a_case_or_rules_on_a_voucher",
                condition=models.Q(ruling="close", voucher=None)
                | ~models.Q(ruling="close") & models.Q(voucher__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["case", "voucher"],
                name="one_open_decision_at_a_time",
                condition=models.Q(approved_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.ruling
