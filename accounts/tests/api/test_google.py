import base64
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.authenticators import totp
from accounts.tests.factories import person, with_password
from accounts.tests.mails import code_in
from accounts.tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider

pytestmark = pytest.mark.django_db

NATIVE = "purser-phone.example"


@pytest.fixture
def google(settings: Any) -> Iterator[OidcProvider]:
    with oidc_provider() as provider:
        settings.GOOGLE_ISSUER = provider.issuer
        settings.GOOGLE_CLIENT_ID = CLIENT_ID
        settings.GOOGLE_CLIENT_SECRET = CLIENT_SECRET
        settings.SOCIALACCOUNT_PROVIDERS = {
            "google": {
                "APPS": [
                    {"client_id": CLIENT_ID, "settings": {"hidden": False}},
                    {"client_id": NATIVE, "settings": {"hidden": True}},
                ]
            }
        }
        yield provider


def away(browser: Client) -> str:
    answer = browser.get("/api/v1/auth/google")
    assert answer.status_code == 302
    return str(answer["Location"])


def back(browser: Client, address: str) -> tuple[int, Any]:
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}")
    return answer.status_code, answer.json()


def log_in(google: OidcProvider, browser: Client | None = None) -> tuple[int, Any]:
    browser = browser or Client()
    return back(browser, google.authorize(away(browser)))


def nobody_came_in() -> bool:
    return not TokenFamily.objects.exists() and not SocialAccount.objects.exists()


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


def refused(answer: tuple[int, Any]) -> None:
    status, body = answer
    assert (status, body["code"]) == (401, "login_refused")
    assert nobody_came_in()


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


def _set(**members: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {
        name: value for name, value in (claims | members).items() if value is not None
    }


LIES = {
    "another audience": _set(aud="somebody-else.example"),
    "two audiences and another's": _set(aud=[CLIENT_ID, "x.example"], azp="x.example"),
    "another issuer": _set(iss="https://evil.example"),
    "no issuer": _set(iss=None),
    "expired": _set(exp=1_700_000_000),
    "no end": _set(exp=None),
    "from the future": _set(iat=4_000_000_000),
    "another nonce": _set(nonce="replayed"),
    "no nonce": _set(nonce=None),
    "nobody": _set(sub=None),
    "an empty name": _set(sub=""),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_refused(google: OidcProvider, lie: str) -> None:
    google.spoil = LIES[lie]

    refused(log_in(google))


def _unsigned(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none", headers={"kid": kid_of(provider)})


def _unsigned_in_capitals(provider: OidcProvider, claims: dict[str, Any]) -> str:
    header = {"alg": "NONE", "typ": "JWT", "kid": kid_of(provider)}
    return f"{_part(header)}.{_part(claims)}."


def _by_public_key_as_secret(provider: OidcProvider, claims: dict[str, Any]) -> str:
    published = provider.published("/jwks")
    assert published
    secret = json.dumps(published["keys"][0]).encode()
    header = {"alg": "HS256", "typ": "JWT", "kid": kid_of(provider)}
    signed = f"{_part(header)}.{_part(claims)}"
    digest = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _by_another_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, "RS256", headers={"kid": kid_of(provider)})


def _by_an_unknown_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return provider.sign(claims, kid="unknown")


def _with_its_own_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return jwt.encode(claims, key, "RS256", headers={"kid": kid_of(provider), "jwk": jwk})


def _changed_afterwards(provider: OidcProvider, claims: dict[str, Any]) -> str:
    head, _, signature = provider.sign(claims).split(".")
    return f"{head}.{_part(claims | {'sub': '1'})}.{signature}"


def _gibberish(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return "a.b.c"


FORGERIES = [
    _unsigned,
    _unsigned_in_capitals,
    _by_public_key_as_secret,
    _by_another_key,
    _by_an_unknown_key,
    _with_its_own_key,
    _changed_afterwards,
    _gibberish,
]


def kid_of(provider: OidcProvider) -> str:
    published = provider.published("/jwks")
    assert published
    kid: str = published["keys"][0]["kid"]
    return kid


def _part(members: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_token_that_google_did_not_sign_is_refused(
    google: OidcProvider, forge: Callable[[OidcProvider, dict[str, Any]], str]
) -> None:
    google.write = lambda claims: forge(google, claims)

    refused(log_in(google))


def test_a_provider_that_is_away_is_told(google: OidcProvider) -> None:
    browser = Client()
    address = google.authorize(away(browser))
    google.down = True

    status, body = back(browser, address)

    assert (status, body["code"]) == (503, "provider_unavailable")
    assert nobody_came_in()


def by_token(
    google: OidcProvider, *, nonce: str | None = None, **told: Any
) -> tuple[int, Any, AuthClient]:
    claims = google.claims(audience=NATIVE, nonce=nonce)
    token = {"client_id": NATIVE, "id_token": google.write(claims), "nonce": nonce} | told
    client = AuthClient()
    status, body = client.post(
        "auth/provider/token", {"provider": "google", "process": "login", "token": token}
    )
    return status, body, client


def test_an_app_logs_in_with_the_token_it_got(google: OidcProvider) -> None:
    status, body, client = by_token(google, nonce="n-1")

    assert status == 200, body
    assert {"access_token", "refresh_token"} <= set(body["meta"])
    assert client.get("users/me")[1]["email"] == "grace@example.com"
    assert log_in(google)[0] == 200
    assert User.objects.count() == 1


def test_a_token_of_an_app_is_good_once(google: OidcProvider) -> None:
    token = google.sign(google.claims(audience=NATIVE))
    assert by_token(google, id_token=token)[0] == 200

    status, body, _ = by_token(google, id_token=token)

    assert status == 400
    assert body["errors"][0]["code"] == "invalid_token"
    assert TokenFamily.objects.count() == 1


@pytest.mark.parametrize("nonce", [None, "another", 7])
def test_another_nonce_of_an_app_is_refused(google: OidcProvider, nonce: Any) -> None:
    token = google.sign(google.claims(audience=NATIVE, nonce="n-1"))

    assert by_token(google, id_token=token, nonce=nonce)[0] == 400
    assert nobody_came_in()


@pytest.mark.parametrize("lie", set(LIES) - {"another nonce", "no nonce"})
def test_an_app_that_brings_another_token_is_refused(google: OidcProvider, lie: str) -> None:
    google.spoil = LIES[lie]

    assert by_token(google)[0] == 400
    assert nobody_came_in()


@pytest.mark.parametrize("forge", FORGERIES)
def test_an_app_that_brings_a_forgery_is_refused(
    google: OidcProvider, forge: Callable[[OidcProvider, dict[str, Any]], str]
) -> None:
    google.write = lambda claims: forge(google, claims)

    assert by_token(google)[0] == 400
    assert nobody_came_in()


@pytest.mark.parametrize("client_id", ["", "unknown.example", 7, None])
def test_a_client_that_is_not_ours_is_refused(google: OidcProvider, client_id: Any) -> None:
    assert by_token(google, client_id=client_id)[0] == 400
    assert nobody_came_in()


def connect(client: AuthClient, google: OidcProvider) -> tuple[int, Any]:
    token = {"client_id": NATIVE, "id_token": google.sign(google.claims(audience=NATIVE))}
    return client.post(
        "auth/provider/token", {"provider": "google", "process": "connect", "token": token}
    )


def test_one_connects_google_to_ones_own_account(
    google: OidcProvider, mailoutbox: list[EmailMessage]
) -> None:
    alice = with_password(person("alice@example.com"))
    client = AuthClient()
    client.log_in("alice@example.com")

    assert connect(client, google)[0] == 200

    assert mailoutbox[-1].subject == "A Google account was connected"
    assert log_in(google)[1]["data"]["user"]["email"] == "alice@example.com"
    uid = SocialAccount.objects.get(user=alice).uid
    status, _ = client.send("DELETE", "account/providers", {"provider": "google", "account": uid})
    assert status == 200
    assert mailoutbox[-1].subject == "A Google account was disconnected"
    assert not SocialAccount.objects.exists()


def test_a_google_account_belongs_to_one_person(google: OidcProvider) -> None:
    log_in(google)
    with_password(person("alice@example.com"))
    client = AuthClient()
    client.log_in("alice@example.com")
    google.spoil = _set(email="other@example.com")

    status, body = connect(client, google)

    assert status == 400
    assert body["errors"][0]["code"] == "connected_other"
    assert SocialAccount.objects.get().user.email == "grace@example.com"
