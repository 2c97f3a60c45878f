"""Second factors through allauth: what it asks us, and where its own care is not enough."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.headless.mfa.inputs import AuthenticateInput, ReauthenticateInput
from allauth.headless.mfa.response import AuthenticatorResponse
from allauth.headless.mfa.views import (
    AuthenticateView,
    AuthenticateWebAuthnView,
    LoginWebAuthnView,
    ManageTOTPView,
    ManageWebAuthnView,
    ReauthenticateView,
    ReauthenticateWebAuthnView,
)
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import add_authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.api import headless
from accounts.api.step_up import LOGIN_LIFE, SECOND_FACTOR_LIFE
from accounts.api.tries import CountedInput
from accounts.errors import TooManyTries
from accounts.models import User
from accounts.operations import open_factor, seal_factor, take_try
from accounts.patience import ONE_TIME_CODE, SECOND_STEP

_SEALED = "sealed:"


def showed_lately(request: HttpRequest) -> bool:
    """Whether somebody has just shown a second factor, or logged in if they have none."""
    records = get_authentication_records(request, request.user)
    lasts = LOGIN_LIFE
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
        records = [record for record in records if record["method"] == "mfa"]
        lasts = SECOND_FACTOR_LIFE
    return any(time.time() - record["at"] < lasts.total_seconds() for record in records)


class FactorsAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth is untyped
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # Passkeys belong to this name for good, whatever host a request was sent to.
        return {"id": settings.WEBAUTHN_RP_ID, "name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return f"{_SEALED}{seal_factor(secret=text)}"

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(_SEALED):
            # Kept in clear by an earlier version.
            return encrypted_text
        return open_factor(secret_id=UUID(encrypted_text.removeprefix(_SEALED)))


class OneTimeCode:
    """Takes each code of an authenticator app once, for as long as it would be good.

    allauth remembers a used code for one step of 30 seconds, in a cache that may be lost.
    """

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            spent = f"totp:{self.user.pk}:{''.join(filter(str.isdigit, code))}"
            try:
                take_try(what=spent, patience=ONE_TIME_CODE, at=timezone.now())
            except TooManyTries as refusal:
                raise get_adapter().validation_error("incorrect_code") from refusal
        return code


class OneTimeAuthenticateInput(OneTimeCode, AuthenticateInput):  # type: ignore[misc]
    pass


class OneTimeReauthenticateInput(OneTimeCode, ReauthenticateInput):  # type: ignore[misc]
    pass


class SecondFactorView(CountedInput, AuthenticateView):  # type: ignore[misc]
    input_class = OneTimeAuthenticateInput
    patience = SECOND_STEP

    def tried(self) -> str:
        return f"second-factor:{self.stage.login.user.pk}"


class SecondFactorAgainView(CountedInput, ReauthenticateView):  # type: ignore[misc]
    input_class = OneTimeReauthenticateInput
    patience = SECOND_STEP

    def tried(self) -> str:
        return f"second-factor:{self.request.user.pk}"


class AppView(ManageTOTPView):  # type: ignore[misc]
    """Who adds an authenticator app types a code of it: that shows the factor."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        added: HttpResponse = super().post(request, *args, **kwargs)
        post_authentication(request, self._get_authenticator(), reauthenticated=True)
        return added


class WellFormedCredential:
    """Refuses what is no credential before libraries take its members for granted."""

    request: HttpRequest

    def handle_input(self, data: dict[str, Any] | None) -> HttpResponse | None:
        if "credential" in (data or {}) and not _is_credential((data or {})["credential"]):
            return self._refusal()
        try:
            refused: HttpResponse | None = super().handle_input(data)  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError):
            # fido2's decoders, over bytes that a client made up.
            return self._refusal()
        return refused

    def _refusal(self) -> HttpResponse:
        return headless.wrong_code(self.request, param="credential")


class KeysView(WellFormedCredential, ManageWebAuthnView):  # type: ignore[misc]
    """Who adds a key has just used it: that shows the factor."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, codes = add_authenticator(
            request,
            name=self.input.cleaned_data["name"],
            credential=self.input.cleaned_data["credential"],
        )
        post_authentication(request, key, reauthenticated=True)
        told: HttpResponse = AuthenticatorResponse(
            request, key, meta={"recovery_codes_generated": codes is not None}
        )
        return told


class KeyFactorView(WellFormedCredential, AuthenticateWebAuthnView):  # type: ignore[misc]
    pass


class KeyAgainView(WellFormedCredential, ReauthenticateWebAuthnView):  # type: ignore[misc]
    pass


class KeyLoginView(WellFormedCredential, LoginWebAuthnView):  # type: ignore[misc]
    pass


def _is_credential(sent: Any) -> bool:
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict):
        return False
    named = [sent.get("id"), sent.get("rawId"), sent.get("type")]
    return all(
        isinstance(member, str) for member in [*named, sent["response"].get("clientDataJSON")]
    )
