from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, deny, person
from events.models import Event

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me"


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def staff() -> User:
    return person("staff@example.com", role="staff")


def test_me(alice: User) -> None:
    body = client_of(alice).get(ME).json()

    assert set(body) == {
        "id",
        "email",
        "name",
        "phone",
        "role",
        "kyc_tier",
        "email_code",
        "created_at",
    }
    assert body["id"] == str(alice.id)
    assert body["role"] == "user"
    assert body["created_at"].endswith("Z")


def test_name_and_phone_can_be_changed(alice: User) -> None:
    answer = client_of(alice).patch(ME, {"name": "Alice A", "phone": "+2348000"}, format="json")

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["phone"]) == ("Alice A", "+2348000")
    event = Event.objects.get(type="user.profile_changed", owner_id=alice.id)
    assert event.data == {"fields": ["name", "phone"]}


def test_what_is_not_named_stays(alice: User) -> None:
    client = client_of(alice)
    client.patch(ME, {"name": "Alice A", "phone": "+2348000"}, format="json")

    client.patch(ME, {"name": ""}, format="json")

    body = client.get(ME).json()
    assert (body["name"], body["phone"]) == ("", "+2348000")


@pytest.mark.parametrize(
    "change",
    [
        {"role": "superuser"},
        {"kyc_tier": 3},
        {"email": "root@example.com"},
        {"id": str(uuid4())},
        {"is_active": False},
        {"token_version": 9},
    ],
)
def test_nothing_else_can_be_changed(alice: User, change: dict[str, Any]) -> None:
    before = client_of(alice).get(ME).json()

    client_of(alice).patch(ME, change, format="json")

    assert client_of(alice).get(ME).json() == before
    assert not Event.objects.filter(type="user.profile_changed", owner_id=alice.id).exists()


@pytest.mark.parametrize("change", [{"name": "x" * 151}, {"phone": "call me"}, {"name": None}])
def test_bad_values_change_nothing(alice: User, change: dict[str, Any]) -> None:
    answer = client_of(alice).patch(ME, {"name": "Al", **change}, format="json")

    assert answer.status_code == 400
    assert User.objects.get(id=alice.id).name == ""


def test_nobody_has_no_profile() -> None:
    assert APIClient().get(ME).status_code == 401
    assert APIClient().patch(ME, {}, format="json").status_code == 401


def test_staff_see_people_below_them(alice: User, staff: User) -> None:
    person("admin@example.com", role="admin")
    person("colleague@example.com", role="staff")

    body = client_of(staff).get("/api/v1/users").json()

    assert body["results"][0]["email"] == "alice@example.com"
    assert {row["role"] for row in body["results"]} == {"user"}


def test_people_come_in_pages_newest_first(staff: User) -> None:
    made = [person().email for _ in range(3)]

    body = client_of(staff).get("/api/v1/users?page_size=2").json()
    rest = client_of(staff).get(body["next"]).json()

    found = [row["email"] for row in body["results"] + rest["results"]]
    assert found[:3] == made[::-1]


def test_users_see_nobody(alice: User) -> None:
    bob = person()

    assert client_of(alice).get("/api/v1/users").status_code == 403
    assert client_of(alice).get(f"/api/v1/users/{bob.id}").status_code == 403


def test_the_permission_decides(alice: User, staff: User) -> None:
    deny("staff", "view_user")

    assert client_of(staff).get("/api/v1/users").status_code == 403
    assert client_of(staff).get(f"/api/v1/users/{alice.id}").status_code == 403


def test_staff_see_one_of_less_weight(alice: User, staff: User) -> None:
    body = client_of(staff).get(f"/api/v1/users/{alice.id}").json()

    assert body["email"] == "alice@example.com"


@pytest.mark.parametrize("role", ["staff", "admin", "superuser"])
def test_who_weighs_as_much_or_more_does_not_exist(staff: User, role: str) -> None:
    other = person(role=role)

    answer = client_of(staff).get(f"/api/v1/users/{other.id}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_nobody_by_that_id_is_not_found(staff: User) -> None:
    answer = client_of(staff).get(f"/api/v1/users/{uuid4()}")

    assert answer.status_code == 404
