"""What allauth asks us to do for it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.headless.base.response import ConflictResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone

from accounts.api.factors import showed_lately
from accounts.api.strategy import family_of
from accounts.api.tries import PasswordTry
from accounts.errors import EmailTaken, TooManyTries
from accounts.models import User
from accounts.operations import (
    end_families_of_sessions,
    end_family,
    note_change,
    set_password,
    sign_up,
    update_profile,
)

# What allauth tells somebody by mail, and we the event log.
_EVENTS = {
    "account/email/email_changed": "user.email_changed",
    "mfa/email/recovery_codes_generated": "user.recovery_codes_made",
    "mfa/email/totp_activated": "user.factor_added",
    "mfa/email/totp_deactivated": "user.factor_removed",
    "mfa/email/webauthn_added": "user.factor_added",
    "mfa/email/webauthn_removed": "user.factor_removed",
    "socialaccount/email/account_connected": "user.google_connected",
    "socialaccount/email/account_disconnected": "user.google_disconnected",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is untyped
    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002 -- allauth's signature
    ) -> User:
        if not commit:
            unsaved: User = super().save_user(request, user, form, commit=False)
            return unsaved
        data = form.cleaned_data
        try:
            return sign_up(email=data["email"], password=data.get("password"))
        except EmailTaken as refusal:
            # Two sign-ups with one address at the same instant; later ones never come here.
            raise ImmediateHttpResponse(ConflictResponse(request)) from refusal

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at."""
        self._try = PasswordTry(request, email=credentials.get("email") or "")
        try:
            self._try.take()
        except TooManyTries as refusal:
            raise self.validation_error("too_many_login_attempts") from refusal

    def _rollback_login_failed_rl_usage(self) -> None:
        """Called by allauth when the password was right."""
        self._try.was_right()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Called by allauth after a reset."""
        PasswordTry(request, email=credentials["email"]).was_right()

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.LoginByCodeStage": "accounts.api.mailed_codes.MailedCodeStage"
        }
        stages = [stage for stage in super().get_login_stages() if "Phone" not in stage]
        return [ours.get(stage, stage) for stage in stages]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether somebody who is logged in must show again who they are before a change.

        Raises where it is, since allauth would be content with a password after all.
        """
        if not showed_lately(self.request):
            raise ReauthenticationRequired
        return False

    def set_password(self, user: User, password: str) -> None:
        set_password(
            user=user,
            password=password,
            at=timezone.now(),
            keep_family=family_of(self.request.session),
        )

    def logout(self, request: HttpRequest) -> None:
        family_id = family_of(request.session)
        super().logout(request)
        if family_id:
            end_family(family_id=family_id, at=timezone.now(), reason="logged_out")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody what was changed, and the event log; of a new address both addresses."""
        kind = _EVENTS.get(template_prefix)
        if kind:
            note_change(user_id=user.id, type=kind, what=template_prefix.rpartition("/")[2])
        addresses = [email, (context or {}).get("to_email")]
        for address in {address for address in addresses if address} or {None}:
            super().send_notification_mail(template_prefix, user, context, address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # No request in the text: nothing that a client sent ends up in somebody's mail.
        message = self.render_mail(template_prefix, email, {**context, "email": email})
        message.send()


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc] # allauth is untyped
    def end_sessions(self, sessions: Collection[UserSession]) -> None:
        keys = [session.session_key for session in sessions]
        super().end_sessions(sessions)
        end_families_of_sessions(session_keys=keys, at=timezone.now(), reason="session_ended")


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth is untyped
    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: BaseForm | None = None
    ) -> User:
        """Make an account for somebody who came from a provider and is not known here."""
        guest = sociallogin.user
        email = form.cleaned_data["email"] if form else guest.email
        try:
            user = sign_up(email=email, password=None)
        except EmailTaken as refusal:
            raise ImmediateHttpResponse(ConflictResponse(request)) from refusal
        if guest.name:
            user = update_profile(user_id=user.id, name=guest.name)
        sociallogin.user = user
        sociallogin.save(request)
        return user

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or "")[:150]
        return user
