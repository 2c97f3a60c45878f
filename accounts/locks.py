"""The only place of this app that locks rows."""

from __future__ import annotations

from uuid import UUID

from accounts.models import TokenFamily


def lock_family(*, family_id: UUID) -> TokenFamily | None:
    """Lock a family until the transaction ends and return it with its person and their role."""
    return (
        TokenFamily.objects.select_for_update(of=("self",))
        .select_related("user__role")
        .filter(id=family_id)
        .first()
    )
