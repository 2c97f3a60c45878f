from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.api import cookies, tokens
from accounts.api.devices import know_device_of
from accounts.errors import TokenNotValid
from accounts.models import User
from accounts.operations import FAMILY_LIFE, bind_session, start_family
from accounts.queries import find_session_key

_FAMILY = "token_family"
_TOLD = "_purser_login"


def family_of(session: SessionBase) -> UUID | None:
    """Return the family of tokens that a session was opened with."""
    family = session.get(_FAMILY)
    return UUID(family) if family else None


class FamilyTokenStrategy(SessionTokenStrategy):  # type: ignore[misc] # allauth is untyped
    """A completed login starts a family of tokens; its access token opens its session again."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        session_token: str | None = super().get_session_token(request)
        if session_token:
            return session_token
        encoded = _access_token_of(request)
        if encoded is None:
            return None
        try:
            claims = tokens.read_access(encoded)
        except TokenNotValid:
            return None
        return find_session_key(
            user_id=claims.user_id, family_id=claims.family_id, version=claims.version
        )

    def create_session_token(self, request: HttpRequest) -> str:
        key: str = super().create_session_token(request)
        family_id = family_of(request.session)
        if family_id:
            # Django gives the session a new key when the password changes, and a confirmation
            # of who it is goes into the session.
            authenticated_at, second_factor_at = _proofs(request)
            bind_session(
                family_id=family_id,
                session_key=key,
                authenticated_at=authenticated_at,
                second_factor_at=second_factor_at,
            )
        return key

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a completed login is told. allauth asks twice for some: it is one login."""
        told: dict[str, Any] | None = getattr(request, _TOLD, None)
        if told is None:
            told = self._start(request)
            setattr(request, _TOLD, told)
        return told

    def _start(self, request: HttpRequest) -> dict[str, Any]:
        request.session.set_expiry(int(FAMILY_LIFE.total_seconds()))
        user, now = cast(User, request.user), timezone.now()
        token = start_family(
            user=user,
            at=now,
            session_key=super().create_session_token(request),
            second_factor_at=_proofs(request)[1],
        )
        request.session[_FAMILY] = str(token.family_id)
        pair = tokens.write_pair(token)
        meta = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        if device_token := know_device_of(request, user=user, at=now):
            meta["device_token"] = device_token
        return meta


def _access_token_of(request: HttpRequest) -> str | None:
    authorization = request.META.get("HTTP_AUTHORIZATION")
    if authorization is None:
        return cookies.access_token_of(request)
    scheme, _, encoded = authorization.partition(" ")
    return encoded.strip() if scheme.lower() == "bearer" else None


def _proofs(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    """When the person of this session last proved who they are, and did by a second factor."""
    records = get_authentication_records(request, request.user)
    second = [record for record in records if record["method"] == "mfa"]
    return _latest(records), _latest(second)


def _latest(records: list[dict[str, Any]]) -> datetime | None:
    moments = [datetime.fromtimestamp(record["at"], UTC) for record in records]
    return max(moments, default=None)
