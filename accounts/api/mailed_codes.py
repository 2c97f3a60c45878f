"""A code from the mailbox as the second step of a login by password, where somebody wants that."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit import inputs
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.api import headless
from accounts.api.devices import device_of
from accounts.api.tries import too_many_tries
from accounts.errors import LoginCodeSpent, LoginCodeWrong, TooManyTries
from accounts.models import EmailCode, LoginCode, User
from accounts.operations import (
    forgive_tries,
    open_login_code,
    redeem_login_code,
    renew_login_code,
    take_try,
)
from accounts.patience import CODE_MAILS, SECOND_STEP


class MailedCodeStage(LoginStage):  # type: ignore[misc] # allauth is untyped
    """Stands where allauth has its own, which keeps codes and counts in the session.

    Who has an authenticator uses that, and who comes from Google or with a passkey has shown
    more than a password.
    """

    key = LoginStageKey.LOGIN_BY_CODE.value

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not self._is_wanted():
            return None, True
        if "code_id" not in self.state:
            self._open()
        # Any response makes allauth wait for the stage to be left; ours is not sent.
        return HttpResponse(), True

    @property
    def code_id(self) -> UUID:
        return UUID(self.state["code_id"])

    def renew(self) -> None:
        """Mail another code. Raises `LoginCodeSpent`, `TooManyTries`."""
        user, now = self._user, timezone.now()
        take_try(what=mails_to(user), patience=CODE_MAILS, at=now)
        code = draw_code()
        renew_login_code(code_id=self.code_id, code=code, at=now)
        self._mail(user, code)

    def _open(self) -> None:
        user, now = self._user, timezone.now()
        try:
            take_try(what=mails_to(user), patience=CODE_MAILS, at=now)
        except TooManyTries as refusal:
            raise ImmediateHttpResponse(too_many_tries(self.request, refusal)) from refusal
        code = draw_code()
        opened: LoginCode = open_login_code(user=user, code=code, at=now)
        self.state["code_id"] = str(opened.id)
        self._mail(user, code)

    @property
    def _user(self) -> User:
        user: User = self.login.user
        return user

    def _is_wanted(self) -> bool:
        user = self.login.user
        if user is None or user.email_code == EmailCode.NEVER:
            return False
        records = get_authentication_records(self.request, user)
        if not records or records[-1]["method"] != "password":
            return False
        if is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return False
        if user.email_code == EmailCode.ALWAYS:
            return True
        device = device_of(self.request, at=timezone.now())
        return device is None or device.user_id != user.id

    def _mail(self, user: User, code: str) -> None:
        get_adapter().send_mail("account/email/login_code", user.email, {"code": code})


class MailedCodeInput(inputs.Input):  # type: ignore[misc]
    code = inputs.CharField(max_length=20)


class ConfirmMailedCodeView(APIView):  # type: ignore[misc]
    """Completes a login by the code that was mailed."""

    input_class = MailedCodeInput

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.stage = LoginStageController.enter(request, MailedCodeStage.key)
        if self.stage is None:
            return headless.conflict(request)
        answer: HttpResponse = super().handle(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: User = self.stage.login.user
        now = timezone.now()
        code = "".join(filter(str.isalnum, self.input.cleaned_data["code"]))
        try:
            take_try(what=codes_of(user), patience=SECOND_STEP, at=now)
            redeem_login_code(code_id=self.stage.code_id, code=code, at=now)
        except TooManyTries as refusal:
            return too_many_tries(request, refusal)
        except LoginCodeSpent:
            clear_login(request)
            return headless.conflict(request)
        except LoginCodeWrong:
            return headless.wrong_code(request, param="code")

        forgive_tries(what=codes_of(user), at=now)
        forgive_tries(what=mails_to(user), at=now)
        record_authentication(request, user, method="code", email=user.email)
        self.stage.exit()
        return headless.logged_in(request)


class ResendMailedCodeView(APIView):  # type: ignore[misc]
    """Mails another code, twice at most for one login."""

    handle_json_input = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = LoginStageController.enter(request, MailedCodeStage.key)
        if stage is None:
            return headless.conflict(request)
        try:
            stage.renew()
        except TooManyTries as refusal:
            return too_many_tries(request, refusal)
        except LoginCodeSpent:
            return headless.conflict(request)
        return headless.done(request)


def draw_code() -> str:
    """Return six digits that nobody can foresee."""
    return f"{secrets.randbelow(1_000_000):06}"


def codes_of(user: User) -> str:
    return f"mailed-code:{user.id}"


def mails_to(user: User) -> str:
    return f"code-mails:{user.id}"
