"""Second factors through allauth: what it asks us, and where its own care is not enough."""

from __future__ import annotations

from allauth.headless.mfa.inputs import AuthenticateInput, ReauthenticateInput
from allauth.headless.mfa.views import AuthenticateView, ReauthenticateView
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from accounts.api.tries import CountedInput
from accounts.errors import TooManyTries
from accounts.models import User
from accounts.operations import take_try
from accounts.patience import ONE_TIME_CODE, SECOND_STEP


class FactorsAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth is untyped
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # Passkeys belong to this name for good, whatever host a request was sent to.
        return {"id": settings.WEBAUTHN_RP_ID, "name": settings.MFA_TOTP_ISSUER}


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
