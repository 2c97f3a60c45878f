from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.errors import EmailTaken
from accounts.models import User
from events.operations import append_event


def add_person(
    *, email: str, password: str | None, role: str = "user", name: str = "", kyc_tier: int = 0
) -> User:
    """Make a person whose e-mail address needs no verification: an operator vouches for it.

    Without a password nobody can log in until one is set by a reset. Raises `EmailTaken`.
    """
    with transaction.atomic():
        if User.objects.filter(email=email.strip().lower()).exists():
            raise EmailTaken

        user = User.objects.create_user(email, password, role=role, name=name, kyc_tier=kyc_tier)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        append_event(
            type="user.added",
            subject=str(user.id),
            owner_id=user.id,
            data={"role": role},
        )

    return user
