from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import RefreshToken, TokenFamily, User
from events.operations import append_event

FAMILY_LIFE = timedelta(days=30)


def start_family(
    *, user: User, at: datetime, session_key: str = "", second_factor_at: datetime | None = None
) -> RefreshToken:
    """Record that `user` completed a login at `at`; return the first refresh token of it."""
    with transaction.atomic():
        family = TokenFamily.objects.create(
            user=user,
            session_key=session_key,
            authenticated_at=at,
            second_factor_at=second_factor_at,
            expires_at=at + FAMILY_LIFE,
        )
        token = RefreshToken.objects.create(family=family, issued_at=at)
        append_event(
            type="user.logged_in",
            subject=str(user.id),
            owner_id=user.id,
            actor_id=user.id,
            data={"family": str(family.id)},
        )

    return token
