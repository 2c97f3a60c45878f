"""Codes that show whose a mailbox is: at sign-up, for another address, for a forgotten password.

allauth's views, but for what would tell a stranger which addresses are known here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.core.exceptions import RateLimited
from allauth.headless.account.inputs import (
    ResetPasswordInput,
    ResetPasswordKeyInput,
    SignupInput,
)
from allauth.headless.account.views import (
    ChangePasswordView,
    ResendEmailVerificationCodeView,
    ResetPasswordView,
    SignupView,
    VerifyEmailView,
)
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.api import headless
from accounts.api.tries import CountedKey, CountedPassword
from accounts.models import User
from accounts.operations import rehearse_sign_up


class WholeSignupInput(SignupInput):  # type: ignore[misc]
    """Makes a person with all that belongs to them, or nothing; for a taken address, as if."""

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            rehearse_sign_up(password=self.cleaned_data.get("password"))
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            made: User = super().save(request)
        return made


class WholeSignupView(SignupView):  # type: ignore[misc]
    input_class: ClassVar[dict[str, type[SignupInput]]] = {"POST": WholeSignupInput}


class CountedChangePasswordView(CountedPassword, ChangePasswordView):  # type: ignore[misc]
    pass


class CountedVerifyEmailView(CountedKey, VerifyEmailView):  # type: ignore[misc] # untyped
    pass


class ResendToAnybodyView(ResendEmailVerificationCodeView):  # type: ignore[misc]
    """Mails again, also to who has an account: allauth sends nothing then, which takes no time."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        process = EmailVerificationProcess.resume(request)
        if not process or not process.can_resend:
            return headless.conflict(request)
        try:
            process.generate_code()
            process.send()
        except RateLimited:
            return headless.too_many(request)
        process.record_resend()
        process.persist()
        return headless.done(request)


class DiscreetResetInput(ResetPasswordInput):  # type: ignore[misc]
    """Says what is wrong with a password only to who has the code: it depends on the person."""

    def clean(self) -> dict[str, Any]:
        judged: dict[str, Any] = self.cleaned_data if "key" in self.errors else super().clean()
        return judged


class DiscreetResetView(CountedKey, ResetPasswordView):  # type: ignore[misc]
    input_class = DiscreetResetInput

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        if self.process.user is not None:
            return super().get(request, *args, **kwargs)
        # allauth fails here for an address that nobody has.
        return self._counted(self._wrong)

    def _wrong(self) -> HttpResponse:
        self.process.record_invalid_attempt()
        key = self.request.headers.get("X-Password-Reset-Key", "")
        wrong = ResetPasswordKeyInput({"key": key}, code="")
        wrong.is_valid()
        return headless.invalid(self.request, wrong)
