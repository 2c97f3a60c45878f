from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError

from accounts.models import Role, User
from accounts.queries import permissions_of
from accounts.tests.factories import as_owner, client_of, person
from events.models import Event

pytestmark = pytest.mark.django_db


def define(name: str, weight: int, **options: Any) -> str:
    said = io.StringIO()
    with as_owner():
        call_command("define_role", name, weight=weight, stdout=said, **options)
    return said.getvalue()


def test_a_role_of_ones_own() -> None:
    said = define("auditor", 20, allow=["accounts.view_user", "events.view_event"])

    assert said == "auditor weighs 20. It may:\n  accounts.view_user\n  events.view_event\n"
    assert Event.objects.get(type="role.defined").data["weight"] == {"from": None, "to": 20}
    auditor = client_of(person(role="auditor"))
    alice, peer = person(), person(role="staff")
    assert auditor.get(f"/api/v1/users/{alice.id}").status_code == 200
    assert auditor.get(f"/api/v1/users/{peer.id}").status_code == 404
    answer = auditor.patch(f"/api/v1/users/{alice.id}", {"name": "x"}, format="json")
    assert answer.status_code == 403


def test_what_a_role_may_do_changes() -> None:
    define("staff", 50, deny=["accounts.view_user"])

    assert "accounts.view_user" not in permissions_of(Role.objects.get(name="staff"))
    assert client_of(person(role="staff")).get("/api/v1/users").status_code == 403


@pytest.mark.parametrize(
    ("weight", "allow"), [(100, []), (0, []), (20, ["accounts.nothing"]), (20, ["view_user"])]
)
def test_what_makes_no_sense_changes_nothing(weight: int, allow: list[str]) -> None:
    with pytest.raises(CommandError):
        define("auditor", weight, allow=allow)

    assert not Role.objects.filter(name="auditor").exists()
    assert not Event.objects.filter(type="role.defined").exists()


def test_the_application_has_no_right_to() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        call_command("define_role", "auditor", weight=20, stdout=io.StringIO())


@pytest.mark.parametrize("role", ["user", "superuser"])
def test_anybody_is_shut_out(role: str) -> None:
    someone = person("someone@example.com", role=role)
    api = client_of(someone)
    said = io.StringIO()

    call_command("shut_out", email="Someone@example.com", stdout=said)

    assert said.getvalue() == "someone@example.com is shut out.\n"
    assert not User.objects.get(id=someone.id).is_active
    assert api.get("/api/v1/users/me").status_code == 401
    assert Event.objects.filter(type="user.deactivated", owner_id=someone.id).exists()


def test_nobody_is_not_shut_out() -> None:
    with pytest.raises(CommandError, match="no such person"):
        call_command("shut_out", email="nobody@example.com", stdout=io.StringIO())
