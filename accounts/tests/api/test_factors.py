from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.mail import EmailMessage

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.two_steps import authenticate, half_way, recovery_codes
from accounts.tests.authenticators import totp
from accounts.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_app_is_shown_what_it_needs(app: AuthClient) -> None:
    status, body = app.get("account/authenticators/totp")

    assert status == 404
    url = body["meta"]["totp_url"]
    assert url.startswith("otpauth://totp/alice%40example.com?secret=")
    assert url.endswith("&issuer=Purser")


def test_a_wrong_code_adds_no_authenticator(app: AuthClient) -> None:
    app.get("account/authenticators/totp")

    status, body = app.post("account/authenticators/totp", {"code": "000000"})

    assert status == 400
    assert body["errors"][0]["code"] == "incorrect_code"
    assert not Authenticator.objects.exists()


def test_the_password_alone_gives_no_tokens(secret: str, alice: User) -> None:
    families = TokenFamily.objects.filter(user=alice).count()
    client = AuthClient()

    status, body = client.log_in("alice@example.com")

    assert status == 401
    assert body["meta"]["is_authenticated"] is False
    assert not {"access_token", "refresh_token", "device_token"} & set(body["meta"])
    flow = next(flow for flow in body["data"]["flows"] if flow["id"] == "mfa_authenticate")
    assert set(flow["types"]) == {"totp", "recovery_codes"}
    assert TokenFamily.objects.filter(user=alice).count() == families
    assert client.get("account/email")[0] == 401
    assert client.get("users/me")[0] == 401


def test_the_second_factor_completes_a_login(secret: str, alice: User) -> None:
    client = half_way()
    families = TokenFamily.objects.filter(user=alice).count()

    status, body = authenticate(client, totp(secret))

    assert status == 200
    assert {"access_token", "refresh_token"} <= set(body["meta"])
    assert [method["method"] for method in body["data"]["methods"]] == ["password", "mfa"]
    assert TokenFamily.objects.filter(user=alice).count() == families + 1
    assert client.get("users/me")[0] == 200


def test_a_code_is_good_once(secret: str) -> None:
    code = totp(secret)
    assert authenticate(half_way(), code)[0] == 200

    for _ in range(2):
        status, body = authenticate(half_way(), code)

        assert status == 400
        assert body["errors"][0]["code"] == "incorrect_code"
        assert "access_token" not in body.get("meta", {})


def test_a_code_is_good_once_also_when_the_cache_is_lost(secret: str) -> None:
    code = totp(secret)
    assert authenticate(half_way(), code)[0] == 200
    cache.clear()

    assert authenticate(half_way(), code)[0] == 400


def test_a_clock_may_be_one_step_off_and_no_more(secret: str) -> None:
    # Two steps and not three, lest the clock move on meanwhile.
    assert authenticate(half_way(), totp(secret, steps=-3))[0] == 400
    assert authenticate(half_way(), totp(secret, steps=3))[0] == 400
    assert authenticate(half_way(), totp(secret, steps=1))[0] == 200


def test_guessing_is_stopped_over_many_logins(secret: str) -> None:
    right = totp(secret)
    wrong = "000000" if right != "000000" else "111111"
    answers = [authenticate(half_way(), wrong) for _ in range(11)]

    assert answers[-1][0] in (400, 429)
    codes = {body["errors"][0]["code"] for status, body in answers if status == 400}
    assert codes == {"incorrect_code", "too_many_login_attempts"}
    assert authenticate(half_way(), right)[0] in (400, 429)


def test_recovery_codes_come_with_the_first_factor(secret: str, app: AuthClient) -> None:
    codes = recovery_codes(app)

    assert len(set(codes)) == 10


def test_a_recovery_code_is_good_once(secret: str, app: AuthClient) -> None:
    code = recovery_codes(app)[0]

    assert authenticate(half_way(), code)[0] == 200
    assert authenticate(half_way(), code)[0] == 400
    assert len(recovery_codes(app)) == 9


def test_new_recovery_codes_replace_the_old_ones(
    secret: str,
    app: AuthClient,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Any,
) -> None:
    old = recovery_codes(app)
    with django_capture_on_commit_callbacks(execute=True):
        status, body = app.post("account/authenticators/recovery-codes", {})

    assert status == 200
    assert not set(old) & set(body["data"]["unused_codes"])
    assert authenticate(half_way(), old[0])[0] == 400
    assert mailoutbox[-1].subject == "You have new recovery codes"


def test_an_authenticator_can_be_taken_away(
    secret: str, app: AuthClient, mailoutbox: list[EmailMessage]
) -> None:
    status, _ = app.send("DELETE", "account/authenticators/totp")

    assert status == 200
    assert not Authenticator.objects.exists()
    assert AuthClient().log_in("alice@example.com")[0] == 200
    assert mailoutbox[-1].subject == "Your authenticator app was removed"


@pytest.fixture
def later(alice: User) -> Callable[[int], None]:
    """Let seconds pass for the session of Alice's latest login."""

    def pass_by(seconds: int) -> None:
        key = TokenFamily.objects.filter(user=alice).latest("authenticated_at").session_key
        session = SessionStore(session_key=key)
        for record in session["account_authentication_methods"]:
            record["at"] -= seconds
        session.save()

    return pass_by


def asked_again(body: dict[str, Any]) -> set[str]:
    return {flow["id"] for flow in body["data"]["flows"]}


def test_who_only_stole_an_access_token_changes_no_factor(
    secret: str, later: Callable[[int], None]
) -> None:
    thief = half_way()
    authenticate(thief, totp(secret))
    later(301)
    # What the thief may know as well is not enough where there is a second factor.
    thief.post("auth/reauthenticate", {"password": PASSWORD})

    for method, path, sent in [
        ("DELETE", "account/authenticators/totp", None),
        ("POST", "account/authenticators/recovery-codes", {}),
        ("GET", "account/authenticators/recovery-codes", None),
        ("GET", "account/authenticators/webauthn", None),
        ("POST", "account/email", {"email": "thief@example.com"}),
    ]:
        status, body = thief.send(method, path, sent)
        assert status == 401, path
        assert "mfa_reauthenticate" in asked_again(body)
    assert Authenticator.objects.filter(type="totp").exists()


def test_showing_the_factor_again_is_enough(secret: str, later: Callable[[int], None]) -> None:
    client = half_way()
    authenticate(client, totp(secret))
    later(301)

    status, _ = client.post("auth/2fa/reauthenticate", {"code": totp(secret, steps=1)})

    assert status == 200
    assert client.send("DELETE", "account/authenticators/totp")[0] == 200


def test_a_code_of_the_login_does_not_show_the_factor_again(
    secret: str, later: Callable[[int], None]
) -> None:
    client = half_way()
    code = totp(secret)
    authenticate(client, code)
    later(301)

    assert client.post("auth/2fa/reauthenticate", {"code": code})[0] == 400
    assert client.send("DELETE", "account/authenticators/totp")[0] == 401


def test_without_a_factor_a_login_of_the_last_quarter_is_enough(
    alice: User, later: Callable[[int], None]
) -> None:
    client = AuthClient()
    client.log_in("alice@example.com")
    later(899)
    assert client.post("account/email", {"email": "new@example.com"})[0] == 200

    later(2)

    assert client.post("account/email", {"email": "other@example.com"})[0] == 401
    client.post("auth/reauthenticate", {"password": PASSWORD})
    assert client.post("account/email", {"email": "other@example.com"})[0] == 200
