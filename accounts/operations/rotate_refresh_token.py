from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import RefreshTokenReused, TokenNotValid
from accounts.models import RefreshToken, TokenFamily
from accounts.operations.end_families import end_family

GRACE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """What a refresh token whose signature is ours says of itself."""

    token_id: UUID
    family_id: UUID
    user_id: UUID
    version: int


def rotate_refresh_token(*, presented: PresentedToken, at: datetime) -> RefreshToken:
    """Spend a refresh token and return its successor.

    A token that was spent less than `GRACE` ago, and whose successor was not, gives that same
    successor again: the client lost the answer, or asked twice at once. Any other spent token
    ends the whole family before `RefreshTokenReused` is raised. Raises `TokenNotValid` when the
    login was ended or is over, or the person is disabled or has raised their token version.
    """
    with transaction.atomic(durable=True):
        family = locks.lock_family(family_id=presented.family_id)
        if family is None or not _may_refresh(family, presented, at):
            raise TokenNotValid
        token = family.tokens.filter(id=presented.token_id).first()
        if token is None:
            raise TokenNotValid

        successor = _successor(token, at)
        if successor is None:
            end_family(family_id=family.id, at=at, reason="refresh_token_reused")

    if successor is None:
        raise RefreshTokenReused
    # Already loaded and locked above: the tokens are written from these rows.
    successor.family = family
    return successor


def _may_refresh(family: TokenFamily, presented: PresentedToken, at: datetime) -> bool:
    user = family.user
    return (
        family.is_live(at)
        and user.is_active
        and user.id == presented.user_id
        and user.token_version == presented.version
    )


def _successor(token: RefreshToken, at: datetime) -> RefreshToken | None:
    if RefreshToken.objects.filter(id=token.id, used_at=None).update(used_at=at):
        return RefreshToken.objects.create(family_id=token.family_id, parent=token, issued_at=at)
    if token.used_at is not None and at - token.used_at < GRACE:
        return RefreshToken.objects.filter(parent=token, used_at=None).first()
    return None
