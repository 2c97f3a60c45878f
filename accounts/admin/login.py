"""How staff come into the back office: with every factor that the API would ask them for.

allauth's own `secure_admin_login` sends people to a login page, and a headless installation has
none.
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils import timezone

from accounts.errors import LoginCodeSpent, LoginCodeWrong, TooManyTries
from accounts.models import EmailCode, User
from accounts.operations import (
    check_second_factor,
    forgive_tries,
    open_login_code,
    redeem_login_code,
    set_password,
    take_try,
)
from accounts.patience import CODE_MAILS, SECOND_STEP
from accounts.queries import has_second_factor

# What decides about people wants a login that is not older, with every factor.
PROOF_SECONDS = 15 * 60

_MAILED = "admin_login_code"
_WRONG = ValidationError("This code is wrong, or was used already.", code="incorrect_code")


class LoginForm(AdminAuthenticationForm):
    """Django's form, with allauth's limit on guesses behind it, and a second step.

    Who has an authenticator app types its code, or a recovery code; who wants codes by mail is
    sent one after the password, whatever the device: the back office knows none.
    """

    code = forms.CharField(
        max_length=40,
        required=False,
        label="Code",
        help_text="From your authenticator app, or a recovery code, or the mail we sent you.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password:
            return self.cleaned_data
        user = get_adapter().authenticate(self.request, email=email, password=password)
        if not isinstance(user, User):
            raise self.get_invalid_login_error()
        # Also refuses who is disabled, and who is no staff, in the same words.
        self.confirm_login_allowed(user)
        assert self.request is not None  # noqa: S101 -- the view gives it
        record_authentication(self.request, user, method="password", email=user.email)
        _second_step(self.request, user, self.cleaned_data.get("code", ""))
        self.user_cache = user
        return self.cleaned_data

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(
            self.error_messages["invalid_login"],
            code="invalid_login",
            params={"username": self.username_field.verbose_name},
        )


def proved_lately(request: HttpRequest) -> bool:
    """Whether this person logged in here, with all their factors, a quarter of an hour ago."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - float(records[-1]["at"]) < PROOF_SECONDS


def _second_step(request: HttpRequest, user: User, code: str) -> None:
    """Raise `ValidationError` unless the code is the one that this person must show, if any."""
    try:
        if has_second_factor(user_id=user.id):
            _show_factor(request, user, code)
        elif user.email_code != EmailCode.NEVER:
            _show_mailbox(request, user, code)
    except TooManyTries as refusal:
        raise ValidationError(str(refusal), code="too_many_tries") from refusal
    except (LoginCodeWrong, LoginCodeSpent) as refusal:
        raise _WRONG from refusal


def _show_factor(request: HttpRequest, user: User, code: str) -> None:
    if not code:
        raise ValidationError(
            "Type the code of your authenticator app, or a recovery code.", code="code_required"
        )
    check_second_factor(user=user, code=code, at=timezone.now())
    record_authentication(request, user, method="mfa")


def _show_mailbox(request: HttpRequest, user: User, code: str) -> None:
    opened = request.session.get(_MAILED)
    if not code or not opened or opened["user"] != str(user.id):
        _mail_code(request, user)
        raise ValidationError(
            "We sent you a code: type it, and your password once more.", code="code_required"
        )
    tried, now = f"mailed-code:{user.id}", timezone.now()
    take_try(what=tried, patience=SECOND_STEP, at=now)
    redeem_login_code(code_id=UUID(opened["code"]), code=code.strip(), at=now)
    forgive_tries(what=tried, at=now)
    del request.session[_MAILED]
    record_authentication(request, user, method="code", email=user.email)


def _mail_code(request: HttpRequest, user: User) -> None:
    now = timezone.now()
    take_try(what=f"code-mails:{user.id}", patience=CODE_MAILS, at=now)
    code = f"{secrets.randbelow(1_000_000):06}"
    opened = open_login_code(user=user, code=code, at=now)
    request.session[_MAILED] = {"user": str(user.id), "code": str(opened.id)}
    get_adapter().send_mail("account/email/login_code", user.email, {"code": code})


class PasswordForm(AdminPasswordChangeForm):
    """Django's form, but every other login ends with the password, and a mail says so."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 -- Django's signature
        user: User = self.user
        set_password(user=user, password=self.cleaned_data["new_password1"], at=timezone.now())
        get_adapter().send_notification_mail("account/email/password_changed", user)
        return user


def change_password(
    request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponseBase:
    view = PasswordChangeView.as_view(
        form_class=PasswordForm,
        success_url=reverse_lazy("admin:password_change_done"),
        extra_context={**admin.site.each_context(request), **(extra_context or {})},
    )
    return view(request)
