from __future__ import annotations

from uuid import UUID

from accounts.models import TokenFamily


def bind_session(*, family_id: UUID, session_key: str) -> None:
    """Remember that the session of a login goes by another key now."""
    TokenFamily.objects.filter(id=family_id).exclude(session_key=session_key).update(
        session_key=session_key
    )
