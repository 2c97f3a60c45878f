from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core.mail import EmailMessage

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.authenticators import SecurityKey
from accounts.tests.factories import person, with_password

pytestmark = pytest.mark.django_db

KEYS = "account/authenticators/webauthn"


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


@pytest.fixture
def app(alice: User) -> AuthClient:
    client = AuthClient()
    client.log_in("alice@example.com")
    return client


def register(client: AuthClient, key: SecurityKey) -> tuple[int, Any]:
    _, body = client.get(f"{KEYS}?passwordless")
    credential = key.register(body["data"]["creation_options"])
    return client.post(KEYS, {"name": "Phone", "credential": credential, "passwordless": True})


@pytest.fixture
def key(app: AuthClient) -> SecurityKey:
    made = SecurityKey()
    status, body = register(app, made)
    assert status == 200, body
    return made


def options(client: AuthClient, path: str) -> dict[str, Any]:
    status, body = client.get(path)
    assert status == 200, body
    found: dict[str, Any] = body["data"]["request_options"]
    return found


def half_way() -> AuthClient:
    client = AuthClient()
    status, body = client.log_in("alice@example.com")
    assert (status, pending(body)) == (401, ["mfa_authenticate"])
    return client


def test_a_passkey_is_added_and_its_owner_told(
    app: AuthClient, key: SecurityKey, mailoutbox: list[EmailMessage]
) -> None:
    status, body = app.get("account/authenticators")

    assert status == 200
    (shown,) = [entry for entry in body["data"] if entry["type"] == "webauthn"]
    assert (shown["name"], shown["is_passwordless"]) == ("Phone", True)
    assert mailoutbox[-1].subject == "A security key was added"


def test_it_belongs_to_our_domain_and_not_to_a_header(
    app: AuthClient, settings: LazySettings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    app.headers["Host"] = "evil.example"

    _, body = app.get(KEYS)

    assert body["data"]["creation_options"]["publicKey"]["rp"] == {
        "id": "localhost",
        "name": "Purser",
    }


def test_a_key_made_for_another_origin_is_refused(app: AuthClient) -> None:
    for origin in ("https://evil.example", "http://evil.example", "https://localhost.evil.example"):
        status, body = register(app, SecurityKey(origin=origin))
        assert status == 400
        assert body["errors"][0]["code"] == "incorrect_code"
    assert not Authenticator.objects.exists()


def test_it_is_a_second_factor(key: SecurityKey) -> None:
    client = half_way()
    asked = options(client, "auth/webauthn/authenticate")

    status, body = client.post("auth/webauthn/authenticate", {"credential": key.sign(asked)})

    assert status == 200
    assert {"access_token", "refresh_token"} <= set(body["meta"])


def test_it_logs_in_without_a_password(key: SecurityKey) -> None:
    client = AuthClient()
    asked = options(client, "auth/webauthn/login")

    status, body = client.post("auth/webauthn/login", {"credential": key.sign(asked)})

    assert status == 200
    assert body["data"]["user"]["email"] == "alice@example.com"
    assert client.get("users/me")[0] == 200


def test_an_assertion_is_good_once(key: SecurityKey, alice: User) -> None:
    client = AuthClient()
    signed = {"credential": key.sign(options(client, "auth/webauthn/login"))}
    other = AuthClient()
    options(other, "auth/webauthn/login")
    assert other.post("auth/webauthn/login", signed)[0] == 400
    assert client.post("auth/webauthn/login", signed)[0] == 200
    families = TokenFamily.objects.filter(user=alice).count()

    client.send("DELETE", "auth/session")
    client.headers = {}
    options(client, "auth/webauthn/login")

    assert client.post("auth/webauthn/login", signed)[0] == 400
    assert TokenFamily.objects.filter(user=alice).count() == families


def test_without_a_challenge_nothing_is_good(key: SecurityKey) -> None:
    client = AuthClient()
    signed = key.sign(options(AuthClient(), "auth/webauthn/login"))

    assert client.post("auth/webauthn/login", {"credential": signed})[0] == 400


def test_another_key_is_nobody(key: SecurityKey) -> None:
    stranger = SecurityKey()
    stranger.credential_id, stranger.user_handle = key.credential_id, key.user_handle
    client = AuthClient()
    asked = options(client, "auth/webauthn/login")

    assert client.post("auth/webauthn/login", {"credential": stranger.sign(asked)})[0] == 400


def test_another_persons_key_completes_nobody_elses_login(key: SecurityKey) -> None:
    with_password(person("bob@example.com"))
    bob = AuthClient()
    bob.log_in("bob@example.com")
    bobs = SecurityKey()
    assert register(bob, bobs)[0] == 200
    client = half_way()
    asked = options(client, "auth/webauthn/authenticate")

    assert client.post("auth/webauthn/authenticate", {"credential": bobs.sign(asked)})[0] == 400
    assert client.get("users/me")[0] == 401


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    def change(signed: dict[str, Any]) -> Any:
        del signed["response"][name]
        return signed

    return change


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(signed: dict[str, Any]) -> Any:
        signed["response"][name] = value
        return signed

    return change


MALFORMED: list[Callable[[dict[str, Any]], Any]] = [
    _with("signature", "AAAA"),
    _with("signature", None),
    _with("clientDataJSON", "bm90IGpzb24"),
    _with("clientDataJSON", "AAAA"),
    _with("clientDataJSON", 7),
    _with("authenticatorData", "AAAA"),
    _without("authenticatorData"),
    lambda _: {},
    lambda _: [],
    lambda _: "text",
    lambda _: {"response": []},
    lambda _: {"response": {"userHandle": {}}},
    lambda signed: {**signed, "rawId": "AAAA"},
    lambda signed: {**signed, "id": 7},
]
NAMELESS: list[Callable[[dict[str, Any]], Any]] = [
    _without("userHandle"),
    _with("userHandle", "!!"),
    _with("userHandle", "AAAA"),
    _with("userHandle", 7),
    _with("userHandle", None),
]


@pytest.mark.parametrize("spoil", MALFORMED)
@pytest.mark.parametrize("path", ["auth/webauthn/login", "auth/webauthn/authenticate"])
def test_what_is_malformed_is_refused(
    key: SecurityKey, path: str, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    client = half_way() if path.endswith("authenticate") else AuthClient()
    signed = spoil(key.sign(options(client, path)))

    assert client.post(path, {"credential": signed})[0] == 400


@pytest.mark.parametrize("spoil", NAMELESS)
def test_who_logs_in_by_a_key_alone_must_be_named_by_it(
    key: SecurityKey, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    client = AuthClient()
    signed = spoil(key.sign(options(client, "auth/webauthn/login")))

    assert client.post("auth/webauthn/login", {"credential": signed})[0] == 400


@pytest.mark.parametrize(
    "credential",
    [
        {},
        [],
        "text",
        {"response": {}},
        {"id": "AA", "response": {"attestationObject": "AA"}},
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
        },
    ],
)
def test_what_is_no_credential_is_not_added(app: AuthClient, credential: Any) -> None:
    app.get(KEYS)

    status, _ = app.post(KEYS, {"name": "x", "credential": credential})

    assert status == 400
    assert not Authenticator.objects.exists()
