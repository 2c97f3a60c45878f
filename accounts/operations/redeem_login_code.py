from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import LoginCodeSpent, LoginCodeWrong
from accounts.operations.send_login_code import digest_of


def redeem_login_code(*, code_id: UUID, code: str, at: datetime) -> None:
    """Use up the code of a login.

    Raises `LoginCodeWrong`, and counts the try; `LoginCodeSpent` when it was used, is too old or
    was tried five times. One at a time: of many tries at the same instant five are looked at.
    """
    with transaction.atomic():
        opened = locks.lock_login_code(code_id=code_id)
        if opened is None or not opened.is_open(at):
            raise LoginCodeSpent

        opened.tries += 1
        right = hmac.compare_digest(bytes(opened.digest), digest_of(code, code_id=opened.id))
        if right:
            opened.used_at = at
        opened.save(update_fields=["tries", "used_at"])

    # Only now: the count must outlive the refusal.
    if not right:
        raise LoginCodeWrong
