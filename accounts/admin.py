"""People and roles in the back office, to be looked at; changing them is for operations."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import Role, TokenFamily, User


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


admin.site.login_form = LoginForm
admin.site.site_header = admin.site.site_title = "Purser"


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no subscript at run time
    """Looking is a permission; adding, changing and deleting is nobody's."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "role", "kyc_tier", "is_active", "created_at", "last_login")
    list_filter = ("role", "kyc_tier", "is_active")
    list_select_related = ("role",)
    search_fields = ("email", "name", "phone", "=id")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    fields = (
        "id",
        "email",
        "name",
        "phone",
        "role",
        "kyc_tier",
        "is_active",
        "token_version",
        "created_at",
        "last_login",
    )


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
        return super().get_queryset(request).defer("session_key")
