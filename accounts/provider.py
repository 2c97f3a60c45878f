"""Google, as allauth's registry finds it: people go by issuer and subject, never by address."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.google.provider import GoogleProvider
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.errors import IdentityRefused, IdentityUnavailable, TooManyTries
from accounts.oidc import provider_at
from accounts.operations import take_try
from accounts.patience import Patience

# Google's tokens are good for an hour.
_ONCE = Patience(
    free=1, first=timedelta(hours=2), longest=timedelta(hours=2), forget=timedelta(days=1)
)
_LONGEST_UID = 191


class Google(GoogleProvider):  # type: ignore[misc] # allauth is untyped
    def extract_uid(self, data: dict[str, Any]) -> str:
        uid = f"{data['iss']} {data['sub']}"
        if len(uid) > _LONGEST_UID:
            raise get_adapter().validation_error("invalid_token")
        return uid

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": data.get("email"), "name": data.get("name")}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("iss", "sub", "email") if name in data}

    def verify_token(self, request: HttpRequest, token: dict[str, Any]) -> SocialLogin:
        """Judge an ID token that an app got from Google; `nonce` is the one it asked with."""
        id_token, nonce = token.get("id_token"), token.get("nonce")
        if not isinstance(id_token, str) or not isinstance(nonce, str | None):
            raise get_adapter().validation_error("invalid_token")
        provider = provider_at(settings.GOOGLE_ISSUER)
        try:
            claims = provider.claims(id_token, client_id=self.app.client_id, nonce=nonce)
            digest = hashlib.sha256(id_token.encode()).hexdigest()
            take_try(what=f"id-token:{digest}", patience=_ONCE, at=timezone.now())
        except (IdentityRefused, IdentityUnavailable, TooManyTries) as refusal:
            raise get_adapter().validation_error("invalid_token") from refusal
        return self.sociallogin_from_response(request, claims)


provider_classes = [Google]
