from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.errors import EmailTaken
from accounts.models import User
from events.operations import append_event


def sign_up(*, email: str, password: str | None) -> User:
    """Make an account for somebody who has yet to show that the e-mail address is theirs.

    Raises `EmailTaken`, also when the same address signs up twice at the same instant.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password)
            append_event(
                type="user.signed_up",
                subject=str(user.id),
                owner_id=user.id,
                actor_id=user.id,
                data={},
            )
    except IntegrityError as error:
        raise EmailTaken from error

    return user
