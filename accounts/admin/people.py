"""People and roles, to be looked at; what is done to them is done by operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.errors import AccountRefusal
from accounts.models import ApiKey, Role, TokenFamily, User
from accounts.operations import PersonChanges, change_person, end_logins, propose_role
from accounts.queries import people_with_phone, phone_of, role_names
from ledger.admin import ReadOnly, ReadOnlyAdmin

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


class FamilyInline(ReadOnlyInline):
    """The logins that carry tokens, ended ones too."""

    model = TokenFamily
    fields = ("id", "authenticated_at", "expires_at", "revoked_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("session_key").order_by("-authenticated_at")


class ApiKeyInline(ReadOnlyInline):
    """What programs come in with, never the keys themselves."""

    model = ApiKey
    fk_name = "owner"
    fields = (
        "name",
        "hint",
        "permissions",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )


def visible(request: HttpRequest, *, person: str = "") -> Q:
    """Rows about oneself and about people of less weight; `person` is the path to the person."""
    asker = request.user
    if not isinstance(asker, User):
        return Q(pk=None)
    below = Q(**{f"{person}role__weight__lt": asker.role.weight})
    return below | Q(**{f"{person}pk": asker.pk})


class RoleForm(forms.Form):
    """Which role somebody should have, and why."""

    role = forms.ChoiceField()
    reason = forms.CharField(max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = forms.ChoiceField(choices=[(name, name) for name in role_names()])
        self.fields["role"] = roles


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "name", "role", "kyc_tier", "is_active", "created_at", "last_login")
    list_filter = ("role", "kyc_tier", "is_active")
    list_select_related = ("role",)
    search_fields = ("email", "name", "=id")
    search_help_text = "A part of an address or a name, an id, or a whole phone number."
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    actions = ("shut_out", "let_in", "log_out", "propose")
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
        "erased_at",
    )
    inlines = (
        EmailAddressInline,
        AuthenticatorInline,
        SessionInline,
        FamilyInline,
        ApiKeyInline,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, repeats = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, repeats
        return found | people_with_phone(queryset, phone=search_term), repeats

    @admin.display(description="phone")
    def phone_number(self, person: User) -> str:
        return phone_of(person)

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.deactivate_user")

    def has_propose_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.propose_role")

    @admin.action(
        description="Shut out: end every login and let nobody in", permissions=["deactivate"]
    )
    def shut_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        _each(request, people, lambda person: _switch(request, person, active=False))

    @admin.action(description="Let in again", permissions=["deactivate"])
    def let_in(self, request: HttpRequest, people: QuerySet[User]) -> None:
        _each(request, people, lambda person: _switch(request, person, active=True))

    @admin.action(description="End every login", permissions=["deactivate"])
    def log_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        def end(person: User) -> None:
            end_logins(actor_id=actor_of(request).id, person_id=person.id, at=timezone.now())

        _each(request, people, end)

    @admin.action(description="Propose another role", permissions=["propose"])
    def propose(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        form = RoleForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "form": form, "people": people}
            context |= {"title": "Propose another role", "opts": self.opts}
            return TemplateResponse(request, "accounts/propose_role.html", context)

        def propose(person: User) -> None:
            propose_role(
                actor_id=actor_of(request).id,
                person_id=person.id,
                role=form.cleaned_data["role"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )

        _each(request, people, propose)
        return None


def actor_of(request: HttpRequest) -> User:
    """Return who acts; only for pages that staff alone reach."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("Nobody is logged in.")
    return user


def _switch(request: HttpRequest, person: User, *, active: bool) -> None:
    change_person(
        actor_id=actor_of(request).id,
        person_id=person.id,
        changes=PersonChanges(is_active=active),
        reason="",
        at=timezone.now(),
    )


def _each(request: HttpRequest, people: QuerySet[User], work: Callable[[User], None]) -> None:
    """Do something to each of them, and say to whom it was done and who refused it."""
    done = 0
    for person in people:
        try:
            work(person)
            done += 1
        except AccountRefusal as refusal:
            messages.error(request, f"{person}: {refusal}")
    if done:
        messages.success(request, f"Done for {done}.")


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
