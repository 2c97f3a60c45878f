import pytest
from django.core.mail import EmailMessage

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.factories import PASSWORD, pair_of, person, with_password
from accounts.tests.mails import code_in
from events.models import Event

pytestmark = pytest.mark.django_db

NEW = "another-Pass-1357"


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


@pytest.fixture
def app(alice: User) -> AuthClient:
    client = AuthClient()
    status, _ = client.log_in("alice@example.com")
    assert status == 200
    return client


def reaches_api(client: AuthClient) -> bool:
    return client.get("users/me")[0] == 200


def refreshes(client: AuthClient) -> bool:
    status, _ = AuthClient().post(
        "tokens/refresh", {"refresh_token": client.tokens["refresh_token"]}
    )
    return status == 200


def test_password_gives_a_token_pair(alice: User) -> None:
    client = AuthClient()

    status, body = client.log_in("ALICE@example.com")

    assert status == 200
    assert {"access_token", "refresh_token", "session_token"} <= set(body["meta"])
    assert body["meta"]["is_authenticated"] is True
    assert body["data"]["user"]["email"] == "alice@example.com"
    assert reaches_api(client)
    assert refreshes(client)
    assert Event.objects.filter(type="user.logged_in", owner_id=alice.id).count() == 1


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_look_alike(alice: User, email: str) -> None:
    status, body = AuthClient().log_in(email, "wrong-Pass-0000")

    assert status == 400
    assert body == {
        "status": 400,
        "errors": [
            {
                "message": "The email address and/or password you specified are not correct.",
                "code": "email_password_mismatch",
                "param": "password",
            }
        ],
    }
    assert not TokenFamily.objects.filter(user=alice).exists()


def test_somebody_disabled_cannot_come_in(alice: User) -> None:
    User.objects.filter(id=alice.id).update(is_active=False)

    status, body = AuthClient().log_in("alice@example.com")

    assert status in (400, 401)
    assert "access_token" not in body.get("meta", {})
    assert not TokenFamily.objects.filter(user=alice).exists()


def test_guessing_is_stopped_also_for_who_guesses_right_at_last(alice: User) -> None:
    for _ in range(5):
        AuthClient().log_in("alice@example.com", "wrong-Pass-0000")

    status, body = AuthClient().log_in("alice@example.com")

    assert status == 400
    assert body["errors"][0]["code"] == "too_many_login_attempts"
    with_password(person("bob@example.com"))
    assert AuthClient().log_in("bob@example.com")[0] == 200


def test_logging_in_again_and_again_is_no_guessing(alice: User) -> None:
    assert [AuthClient().log_in("alice@example.com")[0] for _ in range(12)] == [200] * 12


def test_the_access_token_is_enough_for_allauth(app: AuthClient) -> None:
    status, body = app.get("auth/session")

    assert status == 200
    assert body["data"]["user"]["email"] == "alice@example.com"
    assert app.get("account/email")[1]["data"][0]["verified"] is True
    assert len(app.get("auth/sessions")[1]["data"]) == 1


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_bad_access_token_is_nobody_to_allauth(token: str) -> None:
    client = AuthClient()
    client.headers = {"Authorization": f"Bearer {token}"}

    assert client.get("auth/session")[0] == 401
    assert client.get("account/email")[0] == 401


def test_a_refresh_token_is_nobody_to_allauth(app: AuthClient) -> None:
    app.headers = {"Authorization": f"Bearer {app.tokens['refresh_token']}"}

    assert app.get("auth/session")[0] == 401


def test_logging_out_ends_this_login_and_no_other(app: AuthClient, alice: User) -> None:
    other = AuthClient()
    other.log_in("alice@example.com")

    status, body = app.send("DELETE", "auth/session")

    assert status == 401
    assert body["meta"]["is_authenticated"] is False
    assert not reaches_api(app)
    assert not refreshes(app)
    assert app.get("auth/session")[0] == 401
    assert reaches_api(other)
    assert refreshes(other)


def test_ending_another_session_ends_its_tokens(app: AuthClient) -> None:
    other = AuthClient()
    other.log_in("alice@example.com")
    sessions = app.get("auth/sessions")[1]["data"]
    theirs = [session["id"] for session in sessions if not session["is_current"]]

    status, _ = app.send("DELETE", "auth/sessions", {"sessions": theirs})

    assert status == 200
    assert not reaches_api(other)
    assert not refreshes(other)
    assert reaches_api(app)


def test_logging_out_everywhere_ends_sessions_too(app: AuthClient) -> None:
    other = AuthClient()
    _, body = other.log_in("alice@example.com")
    other.headers = {"X-Session-Token": body["meta"]["session_token"]}

    app.send("POST", "auth/logout-all")

    assert not reaches_api(app)
    assert app.get("auth/session")[0] == 401
    assert other.get("auth/session")[0] in (401, 410)


def test_a_replayed_refresh_token_ends_the_session_too(app: AuthClient) -> None:
    first = app.tokens["refresh_token"]
    _, second = AuthClient().post("tokens/refresh", {"refresh_token": first})
    AuthClient().post("tokens/refresh", {"refresh_token": second["refresh_token"]})

    status, _ = AuthClient().post("tokens/refresh", {"refresh_token": first})

    assert status == 401
    assert not reaches_api(app)
    assert app.get("auth/session")[0] == 401


def test_changing_the_password_ends_every_other_login(
    app: AuthClient, mailoutbox: list[EmailMessage]
) -> None:
    other = AuthClient()
    other.log_in("alice@example.com")

    status, _ = app.post(
        "account/password/change", {"current_password": PASSWORD, "new_password": NEW}
    )

    assert status == 200
    assert not reaches_api(other)
    assert not refreshes(other)
    assert reaches_api(app)
    assert app.get("auth/session")[0] == 200
    assert refreshes(app)
    assert AuthClient().log_in("alice@example.com")[0] == 400
    assert AuthClient().log_in("alice@example.com", NEW)[0] == 200
    assert mailoutbox[-1].subject == "Your password was changed"


def test_the_old_password_is_needed_to_change_it(app: AuthClient) -> None:
    status, _ = app.post(
        "account/password/change", {"current_password": "not-It-at-all", "new_password": NEW}
    )

    assert status == 400
    assert AuthClient().log_in("alice@example.com")[0] == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "alice@example.com", "y" * 129])
def test_a_weak_password_is_no_change(app: AuthClient, weak: str) -> None:
    status, _ = app.post(
        "account/password/change", {"current_password": PASSWORD, "new_password": weak}
    )

    assert status == 400
    assert AuthClient().log_in("alice@example.com")[0] == 200


def test_a_reset_by_code_ends_every_login(
    app: AuthClient, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    forgetful = AuthClient()
    status, body = forgetful.post("auth/password/request", {"email": "alice@example.com"})
    assert status == 401
    assert "password_reset_by_code" in pending(body)

    status, _ = forgetful.post(
        "auth/password/reset", {"key": code_in(mailoutbox[-1]), "password": NEW}
    )

    assert status in (200, 401)
    assert not reaches_api(app)
    assert not refreshes(app)
    assert app.get("auth/session")[0] == 401
    assert AuthClient().log_in("alice@example.com", NEW)[0] == 200
    assert Event.objects.filter(type="user.password_changed", owner_id=alice.id).count() == 1


def test_a_wrong_reset_code_changes_nothing(
    app: AuthClient, mailoutbox: list[EmailMessage]
) -> None:
    forgetful = AuthClient()
    forgetful.post("auth/password/request", {"email": "alice@example.com"})

    status, _ = forgetful.post("auth/password/reset", {"key": "000000", "password": NEW})

    assert status == 400
    assert reaches_api(app)
    assert AuthClient().log_in("alice@example.com")[0] == 200


def test_a_reset_for_nobody_looks_like_any_other(mailoutbox: list[EmailMessage]) -> None:
    status, body = AuthClient().post("auth/password/request", {"email": "nobody@example.com"})

    assert status == 401
    assert "password_reset_by_code" in pending(body)
    assert mailoutbox[0].subject == "No account with this address"


def test_a_login_without_a_session_is_nobody_to_allauth(alice: User) -> None:
    client = AuthClient()
    client.headers = {"Authorization": f"Bearer {pair_of(alice).access_token}"}

    assert client.get("auth/session")[0] == 401
