"""What staff see and change of people, and what they do not."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import RoleProposal, User
from accounts.operations import update_profile
from accounts.tests.factories import client_of, deny, grant, person
from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def staff() -> User:
    return person(role="staff")


@pytest.fixture
def admin() -> User:
    return person(role="admin")


def patch(actor: User, about: User, **body: Any) -> tuple[int, Any]:
    answer = client_of(actor).patch(f"/api/v1/users/{about.id}", body, format="json")
    return answer.status_code, answer.json()


def snapshot(user: User) -> dict[str, Any]:
    return {**User.objects.filter(id=user.id).values().get()}


def test_staff_are_told_more_of_somebody_than_they_of_themselves(alice: User, staff: User) -> None:
    body = client_of(staff).get(f"/api/v1/users/{alice.id}").json()

    mine = client_of(alice).get("/api/v1/users/me").json()
    assert set(body) - set(mine) == {"is_active", "erased_at"}


def test_somebody_is_found_by_a_whole_phone_number(alice: User, staff: User) -> None:
    update_profile(user_id=alice.id, phone="+2348012345678")
    update_profile(user_id=person().id, phone="+2348012345679")
    update_profile(user_id=person(role="admin").id, phone="+2348012345678")
    client = client_of(staff)

    found = client.get("/api/v1/users", {"phone": "+2348012345678"}).json()["results"]

    assert [(row["email"], row["phone"]) for row in found] == [(alice.email, "+2348012345678")]
    assert client.get("/api/v1/users", {"phone": "+23480"}).json()["results"] == []


def test_staff_mend_name_and_phone(alice: User, staff: User) -> None:
    status, body = patch(staff, alice, name="Alice A", phone="+2348000", reason="by letter")

    assert (status, body["name"], body["phone"]) == (200, "Alice A", "+2348000")
    assert body["role_proposal"] is None
    event = Event.objects.get(type="user.profile_changed", owner_id=alice.id)
    assert event.actor_id == staff.id
    assert event.data == {"fields": ["name", "phone"], "reason": "by letter"}


def test_somebody_is_shut_out_at_once_and_let_in_again(alice: User, staff: User) -> None:
    api = client_of(alice)

    assert patch(staff, alice, is_active=False)[1]["is_active"] is False
    assert api.get("/api/v1/users/me").status_code == 401
    assert patch(staff, alice, is_active=True)[0] == 200
    assert api.get("/api/v1/users/me").status_code == 401

    types = [event.type for event in Event.objects.filter(owner_id=alice.id).order_by("id")]
    assert [kind for kind in types if "activated" in kind] == [
        "user.deactivated",
        "user.reactivated",
    ]


def test_a_tier_is_set_with_the_permission(alice: User, staff: User, admin: User) -> None:
    before = snapshot(alice)
    assert patch(staff, alice, kyc_tier=3, name="Not this neither")[0] == 403
    assert snapshot(alice) == before

    assert patch(admin, alice, kyc_tier=3)[1]["kyc_tier"] == 3
    event = Event.objects.get(type="user.kyc_tier_changed", owner_id=alice.id)
    assert event.data == {"from": 2, "to": 3}


def test_a_role_becomes_a_proposal(alice: User, admin: User) -> None:
    status, body = patch(admin, alice, role="staff", reason="joins support")

    assert (status, body["role"]) == (200, "user")
    assert body["role_proposal"]["to_role"] == "staff"
    assert body["role_proposal"]["status"] == "proposed"
    root = client_of(person(role="superuser"))
    listed = root.get("/api/v1/role-proposals").json()["results"]
    assert listed[0]["id"] == body["role_proposal"]["id"]

    approved = root.post(f"/api/v1/role-proposals/{listed[0]['id']}/approve")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert root.get(f"/api/v1/users/{alice.id}").json()["role"] == "staff"


def test_four_eyes_at_the_api(alice: User, admin: User) -> None:
    proposal = patch(admin, alice, role="staff", reason="x")[1]["role_proposal"]
    path = f"/api/v1/role-proposals/{proposal['id']}"

    own = client_of(admin).post(f"{path}/approve")
    assert (own.status_code, own.json()["code"]) == (422, "second_person_needed")
    assert client_of(alice).post(f"{path}/approve").status_code == 403
    assert client_of(person(role="staff")).post(f"{path}/reject").status_code == 403
    assert client_of(person(role="admin")).post(f"{path}/reject").json()["status"] == "rejected"
    again = client_of(person(role="superuser")).post(f"{path}/approve")
    assert (again.status_code, again.json()["reason"]) == (409, "proposal_closed")
    assert client_of(admin).post(f"/api/v1/role-proposals/{uuid4()}/reject").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "staff"}, 400),
        ({"role": "boss", "reason": "x"}, 400),
        ({"role": "user", "reason": "x"}, 422),
        ({"role": "superuser", "reason": "x"}, 422),
        ({"kyc_tier": 4}, 400),
        ({"kyc_tier": -1}, 400),
        ({"is_active": None}, 400),
        ({"phone": "call me"}, 400),
    ],
)
def test_refused_whole(alice: User, admin: User, body: dict[str, Any], status: int) -> None:
    before = snapshot(alice)

    assert patch(admin, alice, **{"name": "Other", **body})[0] == status

    assert snapshot(alice) == before
    assert not RoleProposal.objects.filter(person=alice).exists()
    assert not Event.objects.filter(actor_id=admin.id, owner_id=alice.id).exists()


@pytest.mark.parametrize("role", ["staff", "admin", "superuser"])
def test_nobody_changes_equals_or_above(staff: User, role: str) -> None:
    other = person(role=role)
    before = snapshot(other)

    assert patch(staff, other, name="Other")[0] == 404
    assert patch(staff, other, is_active=False)[0] == 404

    assert snapshot(other) == before


def test_nobody_changes_themselves_here(staff: User) -> None:
    assert patch(staff, staff, is_active=False)[0] == 404


def test_the_permissions_decide(alice: User, staff: User) -> None:
    deny("staff", "change_user")
    assert patch(staff, alice, name="x")[0] == 403
    grant("staff", "change_user")
    deny("staff", "deactivate_user")
    assert patch(staff, alice, is_active=False)[0] == 403
    assert patch(staff, alice, name="x")[0] == 200
    assert patch(staff, alice, role="staff", reason="x")[0] == 403


def test_users_change_nobody(alice: User) -> None:
    bob = person()

    assert patch(alice, bob, name="x")[0] == 403
    assert client_of(alice).get("/api/v1/role-proposals").status_code == 403
