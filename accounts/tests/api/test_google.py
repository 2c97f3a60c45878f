from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.api.google_browser import away, back, log_in, nobody_came_in, refused
from accounts.tests.authenticators import totp
from accounts.tests.factories import person, with_password
from accounts.tests.mails import code_in
from accounts.tests.oidc_provider import CLIENT_ID, OidcProvider

pytestmark = pytest.mark.django_db


def test_without_a_client_nobody_is_sent_away(settings: Any) -> None:
    settings.GOOGLE_CLIENT_ID = ""

    assert Client().get("/api/v1/auth/google").status_code == 404
    assert Client().get("/api/v1/auth/google/callback").status_code == 404


def test_the_browser_is_sent_away_with_a_challenge(google: OidcProvider) -> None:
    browser = Client()

    asked = parse_qs(urlsplit(away(browser)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"][0].endswith("/api/v1/auth/google/callback")
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) >= 43
    cookie = browser.cookies["google_login"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/api/v1/auth/google"
    again = parse_qs(urlsplit(away(Client())).query)
    assert all(again[name] != asked[name] for name in ("state", "nonce", "code_challenge"))


def test_a_newcomer_gets_an_account_and_tokens(
    google: OidcProvider, mailoutbox: list[EmailMessage]
) -> None:
    status, body = log_in(google)

    assert status == 200, body
    assert {"access_token", "refresh_token"} <= set(body["meta"])
    grace = User.objects.get(email="grace@example.com")
    assert (grace.name, grace.role.name, grace.has_usable_password()) == (
        "Grace Hopper",
        "user",
        False,
    )
    assert EmailAddress.objects.get(user=grace).verified
    assert SocialAccount.objects.get(user=grace).uid == f"{google.issuer} 1001"
    client = AuthClient()
    client.headers = {"Authorization": f"Bearer {body['meta']['access_token']}"}
    assert client.get("users/me")[1]["email"] == "grace@example.com"
    assert TokenFamily.objects.filter(user=grace).count() == 1
    assert not mailoutbox


def test_who_comes_again_is_the_same_person(google: OidcProvider) -> None:
    log_in(google)
    google.person |= {"email": "hopper@example.com", "name": "Somebody"}

    status, _ = log_in(google)

    assert status == 200
    assert User.objects.get().email == "grace@example.com"
    assert User.objects.get().name == "Grace Hopper"


def test_another_subject_with_the_address_is_not_the_same_person(google: OidcProvider) -> None:
    log_in(google)
    google.person |= {"sub": "2002"}

    status, body = log_in(google)

    assert status == 401
    assert "access_token" not in body["meta"]
    assert SocialAccount.objects.count() == 1


def test_an_address_that_is_taken_links_nothing(
    google: OidcProvider, mailoutbox: list[EmailMessage]
) -> None:
    with_password(person("grace@example.com"))

    status, body = log_in(google)

    assert status == 401
    assert pending(body) == ["verify_email"]
    assert nobody_came_in()
    assert User.objects.count() == 1
    assert [mail.subject for mail in mailoutbox] == ["You have an account already"]


def test_an_address_that_google_did_not_verify_is_verified_here(
    google: OidcProvider, mailoutbox: list[EmailMessage]
) -> None:
    google.person |= {"email_verified": False}

    status, body = log_in(google)

    assert (status, pending(body)) == (401, ["verify_email"])
    assert not TokenFamily.objects.exists()
    client = AuthClient()
    client.headers = {"X-Session-Token": body["meta"]["session_token"]}
    assert client.post("auth/email/verify", {"key": code_in(mailoutbox[0])})[0] == 200


def test_a_second_factor_is_asked_for(google: OidcProvider) -> None:
    _, body = log_in(google)
    client = AuthClient()
    client.headers = {"Authorization": f"Bearer {body['meta']['access_token']}"}
    secret = client.get("account/authenticators/totp")[1]["meta"]["secret"]
    client.post("account/authenticators/totp", {"code": totp(secret, steps=-1)})

    status, body = log_in(google)

    assert (status, pending(body)) == (401, ["mfa_authenticate"])
    assert "access_token" not in body["meta"]
    client.headers = {"X-Session-Token": body["meta"]["session_token"]}
    assert client.post("auth/2fa/authenticate", {"code": totp(secret)})[0] == 200


def test_somebody_disabled_cannot_come_in(google: OidcProvider) -> None:
    log_in(google)
    User.objects.update(is_active=False)

    status, body = log_in(google)

    assert status == 401
    assert "access_token" not in body["meta"]


def changed(address: str, **members: str) -> str:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | members
    return parts._replace(query=urlencode(query)).geturl()


@pytest.mark.parametrize("state", ["", "forged", "\u00e9"])
def test_another_state_is_refused(google: OidcProvider, state: str) -> None:
    browser = Client()
    refused(back(browser, changed(google.authorize(away(browser)), state=state)))


def test_a_state_of_another_browser_is_refused(google: OidcProvider) -> None:
    victim, attacker = Client(), Client()
    away(victim)

    refused(back(victim, google.authorize(away(attacker))))
    refused(back(Client(), google.authorize(away(attacker))))


def test_a_state_is_good_once(google: OidcProvider) -> None:
    browser = Client()
    address = google.authorize(away(browser))
    cookie = browser.cookies["google_login"].value
    assert back(browser, address)[0] == 200
    assert not browser.cookies["google_login"].value
    browser.cookies["google_login"] = cookie
    fresh = google.authorize(f"{google.issuer}/authorize?{_asked_like(address)}")

    status, body = back(browser, fresh)

    assert (status, body["code"]) == (401, "login_refused")
    assert TokenFamily.objects.count() == 1


def _asked_like(address: str) -> str:
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    return urlencode(
        {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": address.partition("?")[0],
            "state": state,
            "nonce": "n",
            "code_challenge": "c",
            "code_challenge_method": "S256",
        }
    )


def test_a_forged_cookie_is_refused(google: OidcProvider) -> None:
    browser = Client()
    address = google.authorize(away(browser))
    browser.cookies["google_login"] = browser.cookies["google_login"].value + "x"

    refused(back(browser, address))


def test_another_code_is_refused(google: OidcProvider) -> None:
    browser = Client()

    refused(back(browser, changed(google.authorize(away(browser)), code="guessed")))
    assert "code" in google.refusals


def test_a_code_of_another_attempt_is_refused(google: OidcProvider) -> None:
    """A stolen code: the thief's verifier is not the one it was asked for with."""
    victim, thief = Client(), Client()
    stolen = dict(parse_qsl(urlsplit(google.authorize(away(victim))).query))["code"]

    refused(back(thief, changed(google.authorize(away(thief)), code=stolen)))
    assert google.refusals == ["verifier"]


def test_who_changed_their_mind_is_not_logged_in(google: OidcProvider) -> None:
    browser = Client()
    state = parse_qs(urlsplit(away(browser)).query)["state"][0]

    refused(
        back(
            browser,
            f"/api/v1/auth/google/callback?{urlencode({'state': state, 'error': 'access_denied'})}",
        )
    )


def test_a_provider_that_is_away_is_told(google: OidcProvider) -> None:
    browser = Client()
    address = google.authorize(away(browser))
    google.down = True

    status, body = back(browser, address)

    assert (status, body["code"]) == (503, "provider_unavailable")
    assert nobody_came_in()
