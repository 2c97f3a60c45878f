"""People and roles in the back office, to be looked at; changing them is for operations."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils import timezone

from accounts.models import Role, TokenFamily, User
from accounts.operations import set_password
from accounts.queries import phone_of
from ledger.admin import ReadOnly, ReadOnlyAdmin


class LoginForm(AdminAuthenticationForm):
    """Django's form, with allauth's limit on guesses behind it.

    allauth's own `secure_admin_login` sends people to a login page, and a headless
    installation has none.
    """

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password:
            return self.cleaned_data
        user = get_adapter().authenticate(self.request, email=email, password=password)
        if not isinstance(user, User):
            raise self.get_invalid_login_error()
        # Also refuses who is disabled, and who is no staff, in the same words.
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError(
            self.error_messages["invalid_login"],
            code="invalid_login",
            params={"username": self.username_field.verbose_name},
        )


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


admin.site.login_form = LoginForm
admin.site.password_change = change_password  # type: ignore[method-assign,assignment]
admin.site.site_header = admin.site.site_title = "Purser"
admin.site.site_url = None

# Django and allauth would let superusers edit these, past every operation and everybody's weight.
# Roles take the place of groups; what staff may see of the rest is on a person's page.
admin.site.unregister(
    [Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken]
)


class ReadOnlyInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg] # no subscript at run time
    """What belongs to the person whose page it is on, for who may see them and such rows."""


class EmailAddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = ("email", "verified", "primary")


class AuthenticatorInline(ReadOnlyInline):
    """Second factors, never their secrets."""

    model = Authenticator
    fields = ("type", "created_at", "last_used_at")


class SessionInline(ReadOnlyInline):
    """Where somebody is logged in, never with which key."""

    model = UserSession
    fields = ("ip", "user_agent", "created_at", "last_seen_at")


def visible(request: HttpRequest, *, person: str = "") -> Q:
    """Rows about oneself and about people of less weight; `person` is the path to the person."""
    asker = request.user
    if not isinstance(asker, User):
        return Q(pk=None)
    below = Q(**{f"{person}role__weight__lt": asker.role.weight})
    return below | Q(**{f"{person}pk": asker.pk})


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "role", "kyc_tier", "is_active", "created_at", "last_login")
    list_filter = ("role", "kyc_tier", "is_active")
    list_select_related = ("role",)
    search_fields = ("email", "name", "=id")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    fields = (
        "id",
        "email",
        "name",
        "phone_number",
        "role",
        "kyc_tier",
        "is_active",
        "token_version",
        "created_at",
        "last_login",
    )
    inlines = (EmailAddressInline, AuthenticatorInline, SessionInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible(request))

    @admin.display(description="phone")
    def phone_number(self, person: User) -> str:
        return phone_of(person)


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ("name", "weight")
    search_fields = ("name",)
    ordering = ("-weight",)
    fields = ("name", "weight", "permissions")


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "authenticated_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__email", "=id")
    ordering = ("-authenticated_at",)
    fields = ("id", "user", "authenticated_at", "expires_at", "revoked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The key of somebody's session must not even be read here.
        families = super().get_queryset(request).defer("session_key")
        return families.filter(visible(request, person="user__"))
