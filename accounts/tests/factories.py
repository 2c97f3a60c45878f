"""People for tests, and clients that are logged in as them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.tokens import TokenPair, write_pair
from accounts.models import Role, User
from accounts.operations import add_person, start_family

PASSWORD = "demo-Pass-2468"


def person(email: str | None = None, *, role: str = "user", kyc_tier: int = 2) -> User:
    """Make somebody who has a verified e-mail address and no password (see `with_password`)."""
    return add_person(
        email=email or f"person-{uuid4().hex[:12]}@example.com",
        password=None,
        role=role,
        kyc_tier=kyc_tier,
    )


def with_password(user: User, password: str = PASSWORD) -> User:
    """Give somebody a password; slow on purpose, so only where a test logs in."""
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def pair_of(user: User, *, at: datetime | None = None) -> TokenPair:
    """Log somebody in at `at` (now) without a session."""
    return write_pair(start_family(user=user, at=at or timezone.now()))


def client_of(user: User) -> APIClient:
    """Make an API client whose requests carry a fresh access token of `user`."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair_of(user).access_token}")
    return client


@contextmanager
def as_owner() -> Iterator[None]:
    """Act as the owner of the schema: what roles may do is not for the application to write."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        try:
            yield
        finally:
            cursor.execute("SET ROLE purser_app")


def grant(role: str, *codenames: str) -> None:
    """Let everybody of a role do more, by codenames such as `view_user`."""
    with as_owner():
        Role.objects.get(name=role).permissions.add(*_permissions(codenames))


def deny(role: str, *codenames: str) -> None:
    """Let everybody of a role do less."""
    with as_owner():
        Role.objects.get(name=role).permissions.remove(*_permissions(codenames))


def _permissions(codenames: tuple[str, ...]) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=codenames))
