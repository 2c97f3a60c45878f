"""Reads of this app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from accounts import vault
from accounts.callers import Callers
from accounts.errors import PersonNotFound
from accounts.models import (
    ApiKey,
    Document,
    KnownDevice,
    Role,
    RoleProposal,
    TokenFamily,
    TransactionPin,
    User,
)
from accounts.principal import Principal, Standing
from ledger.calls import Row, call

_OF_LOGIN = "SELECT * FROM accounts_caller($1::uuid, $2::uuid, $3::integer)"
_OF_KEY = "SELECT * FROM accounts_caller_of_key($1::bytea[], $2::inet)"


_met = Callers(capacity=50_000)


def recall_principal(*, user_id: UUID, family_id: UUID, version: int) -> Principal | None:
    """Return who an access token spoke for when it was last asked, None when it never was.

    No round trip, and no answer to rest on: it has a `standing` for the database to judge.
    """
    return _met.get((family_id, user_id, version))


def find_principal(*, user_id: UUID, family_id: UUID, version: int) -> Principal | None:
    """Return who a verified access token speaks for, or None when it has been ended.

    One round trip, without the ORM: nearly every request to the API pays for this.
    """
    claim = (family_id, user_id, version)
    row = _ask(_OF_LOGIN, claim)
    if row is None or row[0] is None:
        _met.forget(claim)
        return None
    email, role, weight, kyc_tier, authenticated_at, second_factor_at, has_pin, stamp = row
    principal = Principal(
        id=user_id,
        email=email,
        role=role,
        weight=weight,
        kyc_tier=kyc_tier,
        auth_time=authenticated_at,
        family_id=family_id,
        second_factor_at=second_factor_at,
        has_pin=has_pin,
    )
    _met.remember(claim, replace(principal, standing=Standing(*claim, stamp)))
    return principal


def find_principal_of_key(*, digests: Sequence[bytes], address: str) -> Principal | None:
    """Return who an API key speaks for when it comes from `address`, or None when it is no good.

    One round trip, in which the use is noted as well.
    """
    row = _ask(_OF_KEY, [list(digests), address])
    if row is None or row[0] is None:
        return None
    key_id, user_id, email, role, weight, kyc_tier, permissions = row
    return Principal(
        id=user_id,
        email=email,
        role=role,
        weight=weight,
        kyc_tier=kyc_tier,
        auth_time=None,
        key_id=key_id,
        scopes=frozenset(permissions),
    )


def _ask(sql: str, parameters: Sequence[Any]) -> Row | None:
    """Ask who is calling. This comes first in a request, so it is also what finds out that a
    connection died with its server, and makes another.
    """
    try:
        return call(sql, parameters)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return call(sql, parameters)


def has_second_factor(*, user_id: UUID) -> bool:
    """Whether somebody has an authenticator: recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found: bool = Authenticator.objects.filter(user_id=user_id, type__in=kinds).exists()
    return found


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
    return (
        User.objects.select_related("role")
        .prefetch_related("data_keys")
        .filter(role__weight__lt=weight)
    )


def get_person_below(*, user_id: UUID, weight: int) -> User:
    """Return somebody whose role weighs less than `weight`. Raises `PersonNotFound`."""
    user = people_below(weight=weight).filter(id=user_id).first()
    if user is None:
        raise PersonNotFound
    return user


def people_with_phone(people: QuerySet[User], *, phone: str) -> QuerySet[User]:
    """Of these people, those who gave exactly this phone number."""
    return people.filter(phone_index=vault.index_of(phone, purpose="phone"))


def proposals_below(*, weight: int) -> QuerySet[RoleProposal]:
    """Proposals about people whose role weighs less than `weight`."""
    proposals = RoleProposal.objects.select_related("from_role", "to_role")
    return proposals.filter(person__role__weight__lt=weight)


def documents_of(person_id: UUID) -> QuerySet[Document]:
    """Somebody's documents, without the files."""
    return Document.objects.filter(person_id=person_id).defer("sealed")


def documents_below(*, weight: int) -> QuerySet[Document]:
    """Documents of people whose role weighs less than `weight`, without the files."""
    return Document.objects.filter(person__role__weight__lt=weight).defer("sealed")


def phone_of(person: User) -> str:
    """Return somebody's phone number, empty when they gave none. Raises `SealBroken`.

    One query, or none where `data_keys` were prefetched.
    """
    return vault.phone_of(person)


def permissions_of(role: Role) -> list[str]:
    """What a role may do, as `app.codename`."""
    pairs = role.permissions.values_list("content_type__app_label", "codename")
    return [f"{app}.{codename}" for app, codename in pairs]


def get_person_by_email(email: str) -> User:
    """Return who logs in with this address, however it is spelled. Raises `PersonNotFound`."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise PersonNotFound
    return user


def role_names() -> list[str]:
    """Return the names of all roles, the weightiest first."""
    return list(Role.objects.order_by("-weight", "name").values_list("name", flat=True))


def email_is_taken(email: str) -> bool:
    """Whether somebody logs in with this address, however it is spelled."""
    return User.objects.filter(email=email.strip().lower()).exists()


def verified_emails(user_id: UUID) -> set[str]:
    """Return the addresses that somebody proved to be theirs, in lower case."""
    found = EmailAddress.objects.filter(user_id=user_id, verified=True)
    return {email.lower() for email in found.values_list("email", flat=True)}


def find_known_device(*, token: str, at: datetime) -> KnownDevice | None:
    """Return the device that holds this token, with its person, unless it was forgotten."""
    devices = KnownDevice.objects.select_related("user")
    fresh = devices.filter(last_seen_at__gte=at - KnownDevice.LIFE)
    return fresh.filter(digest=KnownDevice.digest_of(token)).first()


def keys_of(*, owner_id: UUID) -> QuerySet[ApiKey]:
    """Every API key that a person ever made: active, expired and revoked ones."""
    return ApiKey.objects.filter(owner_id=owner_id)


def keys_below(*, weight: int) -> QuerySet[ApiKey]:
    """Keys of people whose role weighs less than `weight`, without what would find them."""
    return ApiKey.objects.filter(owner__role__weight__lt=weight).defer("digest")


def find_pin(*, owner_id: UUID) -> TransactionPin | None:
    """The transaction PIN of somebody, None when they have set none."""
    return TransactionPin.objects.filter(owner_id=owner_id).first()
