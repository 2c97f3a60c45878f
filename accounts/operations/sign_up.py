from __future__ import annotations

from uuid import uuid4

from allauth.account.models import EmailAddress
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


def rehearse_sign_up(*, password: str | None) -> None:
    """Do the work of a sign-up and undo it, for an address that is taken.

    An answer that comes sooner would tell which addresses are known.
    """
    with transaction.atomic():
        user = sign_up(email=f"{uuid4().hex}@rehearsal.invalid", password=password)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        transaction.set_rollback(True)
