from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Role, User
from accounts.tests.factories import PASSWORD, client_of, grant, person, with_password

pytestmark = pytest.mark.django_db


def log_in(email: str, password: str = PASSWORD) -> tuple[Client, Any]:
    client = Client()
    answer = client.post(
        "/admin/login/?next=/admin/", {"username": email, "password": password, "next": "/admin/"}
    )
    return client, answer


@pytest.fixture
def staff() -> User:
    return with_password(person("staff@example.com", role="staff"))


@pytest.mark.parametrize("role", ["staff", "admin", "superuser"])
def test_staff_come_in_by_e_mail_and_password(role: str) -> None:
    with_password(person("someone@example.com", role=role))

    client, answer = log_in("Someone@example.com")

    assert answer.status_code == 302
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Purser" in page.content.decode()


def test_users_do_not_come_in() -> None:
    with_password(person("alice@example.com"))

    client, answer = log_in("alice@example.com")

    assert answer.status_code == 200
    assert "staff account" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_a_wrong_password_does_not_come_in(staff: User) -> None:
    _, answer = log_in("staff@example.com", "wrong-Pass-0000")

    assert answer.status_code == 200
    assert "enter the correct" in answer.content.decode()


def test_somebody_disabled_does_not_come_in(staff: User) -> None:
    User.objects.filter(id=staff.id).update(is_active=False)

    client, answer = log_in("staff@example.com")

    assert answer.status_code == 200
    assert client.get("/admin/").status_code == 302


def test_guessing_is_stopped(staff: User) -> None:
    for _ in range(5):
        log_in("staff@example.com", "wrong-Pass-0000")

    client, answer = log_in("staff@example.com")

    assert "Too many failed login attempts" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_people_are_listed_searched_and_filtered(staff: User) -> None:
    person("alice@example.com")
    client, _ = log_in("staff@example.com")
    role = Role.objects.get(name="user")

    listed = client.get("/admin/accounts/user/").content.decode()
    searched = client.get("/admin/accounts/user/?q=alice").content.decode()
    filtered = client.get(f"/admin/accounts/user/?role__id__exact={role.id}").content.decode()

    assert "alice@example.com" in listed
    assert "staff@example.com</a>" in listed
    assert "alice@example.com" in searched
    assert "staff@example.com</a>" not in searched
    assert "staff@example.com</a>" not in filtered


def test_nothing_can_be_changed_here_not_even_by_a_superuser() -> None:
    with_password(person("root@example.com", role="superuser"))
    alice = person("alice@example.com")
    client, _ = log_in("root@example.com")

    assert client.get(f"/admin/accounts/user/{alice.id}/change/").status_code == 200
    for path in ("add/", f"{alice.id}/change/", f"{alice.id}/delete/"):
        answer = client.post(f"/admin/accounts/user/{path}", {"email": "x@example.com"})
        assert answer.status_code == 403
    assert User.objects.get(id=alice.id).email == "alice@example.com"
    assert client.get("/admin/accounts/role/").status_code == 200
    listed = client.get("/admin/accounts/tokenfamily/")
    assert listed.status_code == 200
    assert "Token families" in listed.content.decode()


def test_no_password_and_no_session_key_is_shown() -> None:
    root = with_password(person("root@example.com", role="superuser"))
    client, _ = log_in("root@example.com")

    page = client.get(f"/admin/accounts/user/{root.id}/change/").content.decode()

    assert "argon2" not in page


@pytest.mark.parametrize(
    "path",
    [
        "auth/group/",
        "account/emailaddress/",
        "mfa/authenticator/",
        "usersessions/usersession/",
        "socialaccount/socialaccount/",
        "socialaccount/socialapp/",
        "socialaccount/socialtoken/",
    ],
)
def test_credentials_have_no_pages_to_edit_them_on(path: str) -> None:
    with_password(person("root@example.com", role="superuser"))
    client, _ = log_in("root@example.com")

    assert client.get(f"/admin/{path}").status_code == 404
    assert client.get(f"/admin/{path}add/").status_code == 404
    assert f'"/admin/{path}' not in client.get("/admin/").content.decode()


def test_a_persons_page_tells_how_they_come_in_and_no_secret() -> None:
    with_password(person("root@example.com", role="superuser"))
    alice = person("alice@example.com")
    Authenticator.objects.create(user=alice, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    session = UserSession.objects.create(
        user=alice, ip="192.0.2.7", user_agent="Firefox", session_key="s3ss10nk3y"
    )
    client, _ = log_in("root@example.com")

    page = client.get(f"/admin/accounts/user/{alice.id}/change/").content.decode()

    for told in ("alice@example.com", "TOTP", session.ip, session.user_agent):
        assert told in page
    assert "JBSWY3DPEHPK3PXP" not in page
    assert session.session_key not in page


def test_staff_see_how_somebody_comes_in_only_with_the_permission(staff: User) -> None:
    alice = person("alice@example.com")
    UserSession.objects.create(
        user=alice, ip="192.0.2.7", user_agent="Firefox", session_key="s3ss10nk3y"
    )
    client, _ = log_in("staff@example.com")

    assert (
        "192.0.2.7" not in client.get(f"/admin/accounts/user/{alice.id}/change/").content.decode()
    )

    grant("staff", "view_usersession")
    assert "192.0.2.7" in client.get(f"/admin/accounts/user/{alice.id}/change/").content.decode()


def test_staff_do_not_see_who_weighs_as_much_or_more(staff: User) -> None:
    admin = person("admin@example.com", role="admin")
    colleague = person("colleague@example.com", role="staff")
    client, _ = log_in("staff@example.com")

    listed = client.get("/admin/accounts/user/").content.decode()

    assert "staff@example.com</a>" in listed
    assert "admin@example.com</a>" not in listed
    assert "colleague@example.com</a>" not in listed
    for other in (admin, colleague):
        assert client.get(f"/admin/accounts/user/{other.id}/change/").status_code == 302


def test_changing_the_password_here_ends_every_other_login(
    staff: User, mailoutbox: list[EmailMessage]
) -> None:
    api = client_of(staff)
    client, _ = log_in("staff@example.com")

    answer = client.post(
        "/admin/password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": "another-Pass-1357",
            "new_password2": "another-Pass-1357",
        },
    )

    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert api.get("/api/v1/users/me").status_code == 401
    assert mailoutbox[-1].subject == "Your password was changed"
    assert log_in("staff@example.com", "another-Pass-1357")[1].status_code == 302


def test_a_weak_password_is_refused_here_too(staff: User) -> None:
    client, _ = log_in("staff@example.com")

    answer = client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"},
    )

    assert answer.status_code == 200
    assert log_in("staff@example.com")[1].status_code == 302
