from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.api.permissions import HasScope
from accounts.models import User
from accounts.principal import Principal
from accounts.tests.factories import person

pytestmark = pytest.mark.django_db


def principal(role: str = "user", **changes: Any) -> Principal:
    user = person(role=role)
    known = Principal(
        id=user.id,
        email=user.email,
        role=role,
        weight=user.role.weight,
        kyc_tier=0,
        auth_time=None,
    )
    return replace(known, **changes)


def allowed(who: Any, **attributes: Any) -> bool:
    view = type("View", (APIView,), attributes)()
    request = Request(APIRequestFactory().get("/"))
    request.user = who
    return HasScope().has_permission(request, view)


def test_somebody_who_logged_in_has_every_scope() -> None:
    for scope in ("read", "deposit", "transfer", "payout", "offline"):
        assert allowed(principal(), scope=scope)


def test_a_credential_must_be_good_for_the_scope() -> None:
    reader = principal(scopes=frozenset({"read"}))

    assert allowed(reader, scope="read")
    assert not allowed(reader, scope="transfer")


def test_nobody_gets_in_unless_a_view_says_so() -> None:
    assert not allowed(AnonymousUser())
    assert not allowed(AnonymousUser(), scope="read")
    assert allowed(AnonymousUser(), public=True)


def test_a_model_instance_is_no_principal() -> None:
    assert not allowed(User(email="x@example.com"))


def test_a_permission_is_held_by_a_role() -> None:
    assert allowed(principal("staff"), permission="accounts.view_user")
    assert not allowed(principal("user"), permission="accounts.view_user")
    assert not allowed(principal("staff"), permission="accounts.delete_user")
    assert not allowed(principal("staff"), permission="view_user")
    assert allowed(principal("superuser"), permission="accounts.change_user")


def test_scope_and_permission_are_both_asked() -> None:
    reader = principal("staff", scopes=frozenset({"read"}))

    assert not allowed(reader, scope="payout", permission="accounts.view_user")
