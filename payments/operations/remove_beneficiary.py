from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.operations import append_event
from payments.errors import BeneficiaryNotFound
from payments.models import Beneficiary


def remove_beneficiary(*, owner_id: UUID, beneficiary_id: UUID, at: datetime) -> None:
    """Let nobody pay out to an account of somebody's list any more; payouts under way go on.

    Raises `BeneficiaryNotFound`, also the second time.
    """
    with transaction.atomic():
        removed = Beneficiary.objects.filter(
            pk=beneficiary_id, owner_id=owner_id, removed_at=None
        ).update(removed_at=at)
        if not removed:
            raise BeneficiaryNotFound
        append_event(
            type="beneficiary.removed",
            subject=str(beneficiary_id),
            owner_id=owner_id,
            actor_id=owner_id,
            data={},
        )
