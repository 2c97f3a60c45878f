import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.mail import EmailMessage

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.google_browser import NATIVE, log_in, nobody_came_in, refused
from accounts.tests.factories import person, with_password
from accounts.tests.oidc_provider import CLIENT_ID, OidcProvider

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("lie", [lie for lie in LIES if "nonce" not in lie])
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
