from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class DocumentKind(models.TextChoices):
    """What a document shows."""

    IDENTITY = "identity"
    ADDRESS = "address"
    SELFIE = "selfie"
    OTHER = "other"


class DocumentStatus(models.TextChoices):
    """Submitted, and then decided once."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Document(models.Model):
    """Something by which a person shows who they are or where they live.

    `sealed` is the file, under the person's own key. The file never changes; `status` changes
    once, by somebody else. `size` is that of the file in bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=10, choices=DocumentKind)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()
    status = models.CharField(
        max_length=10, choices=DocumentStatus, default=DocumentStatus.SUBMITTED
    )
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        permissions = [("review_document", "Can read and decide documents")]
        indexes = [
            models.Index("person", "submitted_at", name="document_of_person"),
            models.Index(
                "submitted_at",
                "id",
                name="document_to_be_reviewed",
                condition=models.Q(status=DocumentStatus.SUBMITTED),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="document_is_decided_by_somebody_else",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("person")),
            ),
            models.CheckConstraint(
                name="document_is_decided_at_an_instant_by_somebody",
                condition=models.Q(
                    status=DocumentStatus.SUBMITTED, decided_at=None, decided_by=None
                )
                | models.Q(
                    ~models.Q(status=DocumentStatus.SUBMITTED),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
