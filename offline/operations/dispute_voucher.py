from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from events.operations import append_event
from offline import queries
from offline.errors import DisputeExists
from offline.models import Case, CaseKind


def dispute_voucher(*, owner_id: UUID, transaction_id: UUID, statement: str, now: datetime) -> Case:
    """Put a payment before our officers, for one of its parties. No money moves by that.

    Raises `TransactionNotFound`, `DisputeExists`.
    """
    voucher = queries.get_voucher(owner_id=owner_id, transaction_id=transaction_id)
    try:
        with transaction.atomic():
            case = Case.objects.create(
                kind=CaseKind.COMPLAINT,
                certificate_id=voucher.certificate_id,
                voucher=voucher,
                opened_by_id=owner_id,
                statement=statement,
                opened_at=now,
            )
    except IntegrityError:
        raise DisputeExists from None
    append_event(
        type="offline.voucher_disputed",
        subject=str(voucher.transaction_id),
        owner_id=owner_id,
        data={"case": case.pk},
    )
    return case
