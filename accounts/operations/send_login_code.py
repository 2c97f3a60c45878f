from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts import locks
from accounts.errors import LoginCodeSpent
from accounts.models import LoginCode, User


def open_login_code(*, user: User, code: str, at: datetime) -> LoginCode:
    """Keep the digest of a code that somebody is about to be mailed as the second step."""
    opened = LoginCode(user=user, expires_at=at + LoginCode.LIFE)
    opened.digest = digest_of(code, code_id=opened.id)
    opened.save(force_insert=True)
    return opened


def renew_login_code(*, code_id: UUID, code: str, at: datetime) -> LoginCode:
    """Replace the code of a login by another one. Tries that were taken stay taken.

    Raises `LoginCodeSpent`, also for the fourth mail of one login.
    """
    with transaction.atomic():
        opened = locks.lock_login_code(code_id=code_id)
        if opened is None or not opened.is_open(at) or opened.mails >= LoginCode.MAILS:
            raise LoginCodeSpent

        opened.digest = digest_of(code, code_id=opened.id)
        opened.mails += 1
        opened.expires_at = at + LoginCode.LIFE
        opened.save(update_fields=["digest", "mails", "expires_at"])

    return opened


def digest_of(code: str, *, code_id: UUID) -> bytes:
    """Return what is kept of a code. Keyed: six digits are soon guessed from a plain digest."""
    return salted_hmac(f"accounts.LoginCode:{code_id}", code, algorithm="sha256").digest()
