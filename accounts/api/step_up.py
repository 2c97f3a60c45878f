"""What sensitive actions want besides a credential: that its holder proved it lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.errors import ReauthenticationRequired
from accounts.queries import has_second_factor

SECOND_FACTOR_LIFE = timedelta(minutes=5)
LOGIN_LIFE = timedelta(minutes=15)


def require_recent_proof(
    *,
    user_id: UUID,
    authenticated_at: datetime | None,
    second_factor_at: datetime | None,
    at: datetime,
) -> None:
    """Refuse who did not prove lately who they are: with their second factor if they have one.

    Raises `ReauthenticationRequired`.
    """
    if has_second_factor(user_id=user_id):
        if not _is_recent(second_factor_at, SECOND_FACTOR_LIFE, at):
            raise ReauthenticationRequired(
                "Confirm with your second factor that it is you: `auth/2fa/reauthenticate`.",
                max_age=int(SECOND_FACTOR_LIFE.total_seconds()),
            )
    elif not _is_recent(authenticated_at, LOGIN_LIFE, at):
        raise ReauthenticationRequired(max_age=int(LOGIN_LIFE.total_seconds()))


def _is_recent(proved_at: datetime | None, life: timedelta, at: datetime) -> bool:
    return proved_at is not None and at - proved_at < life
