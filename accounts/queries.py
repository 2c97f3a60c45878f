"""Reads of this app."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from accounts.errors import PersonNotFound
from accounts.models import KnownDevice, Role, TokenFamily, User
from accounts.principal import Principal
from ledger.calls import call

_PRINCIPAL = "SELECT * FROM accounts_principal($1::uuid, $2::uuid, $3::integer)"


def find_principal(*, user_id: UUID, family_id: UUID, version: int) -> Principal | None:
    """Return who a verified access token speaks for, or None when it has been ended.

    One round trip, without the ORM: every request to the API pays for this. It comes first and
    reads only, so it also finds out that a connection died with its server, and makes another.
    """
    parameters = [family_id, user_id, version]
    try:
        row = call(_PRINCIPAL, parameters)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        row = call(_PRINCIPAL, parameters)
    if row is None or row[0] is None:
        return None
    email, role, weight, kyc_tier, authenticated_at = row
    return Principal(
        id=user_id,
        email=email,
        role=role,
        weight=weight,
        kyc_tier=kyc_tier,
        auth_time=authenticated_at,
        family_id=family_id,
    )


def role_has_permission(*, role: str, permission: str) -> bool:
    """Whether the role called `role` holds `app.codename`. Superusers are the caller's affair."""
    app_label, _, codename = permission.partition(".")
    return Role.objects.filter(
        name=role,
        permissions__content_type__app_label=app_label,
        permissions__codename=codename,
    ).exists()


def find_session_key(*, user_id: UUID, family_id: UUID, version: int) -> str | None:
    """Return the key of the session that a live login has, None when it has none."""
    families = TokenFamily.objects.filter(
        id=family_id,
        revoked_at=None,
        user_id=user_id,
        user__token_version=version,
        user__is_active=True,
    )
    return families.values_list("session_key", flat=True).first() or None


def get_person(*, user_id: UUID) -> User:
    """Return somebody with their role. Raises `PersonNotFound`."""
    user = User.objects.select_related("role").filter(id=user_id).first()
    if user is None:
        raise PersonNotFound
    return user


def people_below(*, weight: int) -> QuerySet[User]:
    """People whose role weighs less than `weight`: those whom its holder may see."""
    return User.objects.select_related("role").filter(role__weight__lt=weight)


def get_person_below(*, user_id: UUID, weight: int) -> User:
    """Return somebody whose role weighs less than `weight`. Raises `PersonNotFound`."""
    user = people_below(weight=weight).filter(id=user_id).first()
    if user is None:
        raise PersonNotFound
    return user


def role_names() -> list[str]:
    """Return the names of all roles, the weightiest first."""
    return list(Role.objects.order_by("-weight", "name").values_list("name", flat=True))


def email_is_taken(email: str) -> bool:
    """Whether somebody logs in with this address, however it is spelled."""
    return User.objects.filter(email=email.strip().lower()).exists()


def find_known_device(*, token: str, at: datetime) -> KnownDevice | None:
    """Return the device that holds this token, with its person, unless it was forgotten."""
    devices = KnownDevice.objects.select_related("user")
    fresh = devices.filter(last_seen_at__gte=at - KnownDevice.LIFE)
    return fresh.filter(digest=KnownDevice.digest_of(token)).first()
