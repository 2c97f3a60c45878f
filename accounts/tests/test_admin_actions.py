"""What staff do in the back office, by operations: shut out, log out, propose, approve."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, RoleProposal, User
from accounts.operations import update_profile
from accounts.tests.factories import PASSWORD, client_of, deny, person, with_password
from events.models import Event

pytestmark = pytest.mark.django_db

PEOPLE, PROPOSALS = "/admin/accounts/user/", "/admin/accounts/roleproposal/"


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


def inside(user: User) -> Client:
    client = Client()
    body = {"username": with_password(user).email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", body).status_code == 302
    return client


def act(client: Client, page: str, action: str, *rows: Any, **body: str) -> str:
    selected = [str(row.pk) for row in rows]
    answer = client.post(
        page, {"action": action, "_selected_action": selected, **body}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_shut_out_and_let_in(alice: User) -> None:
    staff = person(role="staff")
    client, api = inside(staff), client_of(alice)

    act(client, PEOPLE, "shut_out", alice)
    assert not User.objects.get(id=alice.id).is_active
    assert api.get("/api/v1/users/me").status_code == 401
    assert Event.objects.get(type="user.deactivated", owner_id=alice.id).actor_id == staff.id

    act(client, PEOPLE, "let_in", alice)
    assert User.objects.get(id=alice.id).is_active


def test_every_login_ends(alice: User) -> None:
    staff = person(role="staff")
    api = client_of(alice)

    act(inside(staff), PEOPLE, "log_out", alice)

    assert api.get("/api/v1/users/me").status_code == 401
    event = Event.objects.get(type="user.logged_out_everywhere", owner_id=alice.id)
    assert event.actor_id == staff.id


def test_nothing_is_done_to_equals_above_and_oneself() -> None:
    staff = person(role="staff")
    others = [person(role="staff"), person(role="admin"), staff]
    client = inside(staff)

    for action in ("shut_out", "log_out"):
        act(client, PEOPLE, action, *others)

    assert all(User.objects.get(id=one.id).is_active for one in others)
    assert {User.objects.get(id=one.id).token_version for one in others} == {0}


def test_actions_want_their_permissions(alice: User) -> None:
    deny("staff", "deactivate_user")
    client = inside(person(role="staff"))

    page = act(client, PEOPLE, "shut_out", alice)

    assert User.objects.get(id=alice.id).is_active
    assert "Shut out" not in page
    assert "Propose another role" not in page


def test_one_proposes_and_another_approves(alice: User) -> None:
    admin, root = person(role="admin"), person(role="superuser")
    client = inside(admin)

    assert "for a reason" not in act(client, PEOPLE, "propose", alice)
    assert not RoleProposal.objects.exists()
    act(client, PEOPLE, "propose", alice, role="staff", reason="joins support")
    proposal = RoleProposal.objects.get(person=alice)
    assert (proposal.to_role.name, proposal.proposed_by) == ("staff", admin)

    own = act(client, PROPOSALS, "approve", proposal)
    assert "Another person must decide this" in own
    assert User.objects.get(id=alice.id).role.name == "user"

    act(inside(root), PROPOSALS, "approve", proposal)
    assert User.objects.get(id=alice.id).role.name == "staff"


def test_a_proposal_is_turned_down(alice: User) -> None:
    act(inside(person(role="admin")), PEOPLE, "propose", alice, role="staff", reason="x")
    proposal = RoleProposal.objects.get(person=alice)

    act(inside(person(role="admin")), PROPOSALS, "reject", proposal)

    proposal.refresh_from_db()
    assert proposal.status == "rejected"


def test_an_old_login_approves_nothing(alice: User) -> None:
    act(inside(person(role="admin")), PEOPLE, "propose", alice, role="staff", reason="x")
    client = inside(person(role="superuser"))
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 15 * 60
    session.save()

    page = act(client, PROPOSALS, "approve", RoleProposal.objects.get(person=alice))

    assert "your login is too old" in page
    assert User.objects.get(id=alice.id).role.name == "user"


def test_a_proposal_about_who_weighs_as_much_is_not_seen() -> None:
    other, admin = person(role="admin"), person(role="admin")
    act(inside(person(role="superuser")), PEOPLE, "propose", other, role="user", reason="x")
    proposal = RoleProposal.objects.get(person=other)
    client = inside(admin)

    assert str(proposal.pk) not in client.get(PROPOSALS).content.decode()
    act(client, PROPOSALS, "approve", proposal)
    assert User.objects.get(id=other.id).role.name == "admin"


def test_a_persons_page_lists_logins_and_keys_and_no_secret(alice: User) -> None:
    update_profile(user_id=alice.id, phone="+2348012345678")
    now = timezone.now()
    ApiKey.objects.create(
        owner=alice,
        name="till",
        hint="sk_live_abc",
        digest=b"d" * 32,
        permissions=["read"],
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    client_of(alice)

    client = inside(person(role="superuser"))
    page = client.get(f"{PEOPLE}{alice.id}/change/").content.decode()

    for told in ("+2348012345678", "till", "sk_live_abc", str(alice.token_families.get().id)):
        assert told in page
    assert "64646464" not in page
    assert "alice@example.com" in client.get(f"{PEOPLE}?q=%2B2348012345678").content.decode()
    assert "alice@example.com</a>" not in client.get(f"{PEOPLE}?q=%2B23480").content.decode()
