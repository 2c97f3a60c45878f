import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.tokens import write_access
from accounts.models import TokenFamily, User
from accounts.operations import start_family
from accounts.tests.factories import client_of, pair_of, person
from ledger.tests.protocol import round_trips

pytestmark = pytest.mark.django_db


class Whoami(APIView):
    def get(self, request: Request) -> Response:
        who = principal_of(request)
        return Response({"id": str(who.id), "email": who.email, "weight": who.weight})


class Doorless(APIView):
    public = True

    def get(self, request: Request) -> Response:
        return Response({"known": request.user.is_authenticated})


class Ruled(APIView):
    permission = "accounts.view_user"

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [
    path("who", Whoami.as_view()),
    path("public", Doorless.as_view()),
    path("ruled", Ruled.as_view()),
]


@pytest.fixture(autouse=True)
def routes() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def ask(token: str, route: str = "/who", scheme: str = "Bearer") -> Any:
    return APIClient().get(route, HTTP_AUTHORIZATION=f"{scheme} {token}")


def payload_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(
    payload: dict[str, Any],
    *,
    key: str = settings.JWT_SIGNING_KEY,
    algorithm: str = "HS256",
    **headers: str,
) -> str:
    kid = hashlib.sha256(b"kid:" + settings.JWT_SIGNING_KEY.encode()).hexdigest()[:8]
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid, **headers})


def unsigned(payload: dict[str, Any]) -> str:
    header = {"alg": "none", "typ": "JWT", "kid": jwt.get_unverified_header(signed({}))["kid"]}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, payload))
    return b".".join(part.rstrip(b"=") for part in parts).decode() + "."


def is_refused(answer: Any) -> bool:
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_not_valid"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    return True


def test_a_token_of_ours_is_believed() -> None:
    alice = person("alice@example.com", role="staff")

    answer = client_of(alice).get("/who")

    assert answer.status_code == 200
    assert answer.json() == {"id": str(alice.id), "email": "alice@example.com", "weight": 50}


def test_it_costs_one_round_trip(tmp_path: Path) -> None:
    client = client_of(person())

    assert round_trips(tmp_path / "log", lambda: client.get("/who")) == 1


def test_nobody_is_asked_to_authenticate() -> None:
    answer = APIClient().get("/who")

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_another_scheme_is_nobody() -> None:
    assert ask("eA==", scheme="Basic").json()["code"] == "not_authenticated"


def test_a_public_view_answers_nobody() -> None:
    assert APIClient().get("/public").json() == {"known": False}


def test_a_public_view_refuses_a_bad_token() -> None:
    assert is_refused(ask("x.y.z", "/public"))


def test_a_permission_is_asked_of_the_role(tmp_path: Path) -> None:
    user, root = client_of(person()), client_of(person(role="superuser"))
    statuses: list[int] = []

    def ask_as(client: APIClient) -> int:
        return round_trips(
            tmp_path / "log", lambda: statuses.append(client.get("/ruled").status_code)
        )

    assert (ask_as(user), ask_as(root)) == (2, 1)
    assert statuses == [403, 200]


class TestTokenZoo:
    @pytest.fixture
    def alice(self) -> User:
        return person("alice@example.com")

    @pytest.fixture
    def good(self, alice: User) -> dict[str, Any]:
        return payload_of(pair_of(alice).access_token)

    def test_the_control_is_believed(self, good: dict[str, Any]) -> None:
        assert ask(signed(good)).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é", "null", "e30.e30.e30", "a b"])
    @pytest.mark.parametrize("route", ["/who", "/ruled"])
    def test_garbage(self, token: str, route: str) -> None:
        assert is_refused(ask(token, route))

    @pytest.mark.parametrize("route", ["/who", "/ruled", "/public"])
    def test_unsigned(self, good: dict[str, Any], route: str) -> None:
        assert is_refused(ask(unsigned(good), route))

    @pytest.mark.parametrize("route", ["/who", "/ruled", "/public"])
    def test_signed_with_another_key(self, good: dict[str, Any], route: str) -> None:
        assert is_refused(ask(signed(good, key="k" * 64), route))

    def test_signed_with_the_secret_key_of_the_site(self, good: dict[str, Any]) -> None:
        assert is_refused(ask(signed(good, key=settings.SECRET_KEY)))

    def test_signed_with_another_algorithm(self, good: dict[str, Any]) -> None:
        assert is_refused(ask(signed(good, algorithm="HS512", key="k" * 128)))
        assert is_refused(ask(signed(good, algorithm="HS384")))

    def test_named_after_an_unknown_key(self, good: dict[str, Any]) -> None:
        assert is_refused(ask(signed(good, kid="somebody")))
        assert is_refused(ask(jwt.encode(good, settings.JWT_SIGNING_KEY)))

    def test_tampered(self, good: dict[str, Any]) -> None:
        header, _, signature = signed(good).split(".")
        claims = base64.urlsafe_b64encode(json.dumps(good | {"ver": 1}).encode()).rstrip(b"=")
        assert is_refused(ask(f"{header}.{claims.decode()}.{signature}"))

    def test_expired(self, alice: User) -> None:
        token = start_family(user=alice, at=timezone.now() - timedelta(minutes=15))
        assert is_refused(ask(write_access(token)))

    def test_expired_since_it_was_first_seen(
        self, good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = signed(good)
        assert ask(token).status_code == 200

        later = time.time() + 15 * 60 + 1
        monkeypatch.setattr("accounts.api.tokens.time.time", lambda: later)

        assert is_refused(ask(token))

    def test_never_expiring(self, good: dict[str, Any]) -> None:
        del good["exp"]
        assert is_refused(ask(signed(good)))

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "another"},
            {"aud": None},
            {"iss": "another"},
            {"sub": "1"},
            {"sub": None},
            {"fam": "1"},
            {"ver": "x"},
            {"ver": None},
            {"token_type": "id"},
            {"token_type": None},
            {"exp": "soon"},
        ],
    )
    def test_with_other_claims(self, good: dict[str, Any], claims: dict[str, Any]) -> None:
        changed = {k: v for k, v in (good | claims).items() if v is not None}
        assert is_refused(ask(signed(changed)))

    def test_a_refresh_token(self, alice: User) -> None:
        assert is_refused(ask(pair_of(alice).refresh_token))

    def test_of_somebody_disabled(self, alice: User, good: dict[str, Any]) -> None:
        User.objects.filter(id=alice.id).update(is_active=False)
        assert is_refused(ask(signed(good)))

    def test_of_an_older_version(self, alice: User, good: dict[str, Any]) -> None:
        User.objects.filter(id=alice.id).update(token_version=1)
        assert is_refused(ask(signed(good)))

    def test_of_a_family_that_was_ended(self, good: dict[str, Any]) -> None:
        TokenFamily.objects.filter(id=good["fam"]).update(revoked_at=timezone.now())
        assert is_refused(ask(signed(good)))

    def test_of_one_person_in_a_family_of_another(self, good: dict[str, Any]) -> None:
        assert is_refused(ask(signed(good | {"sub": str(person().id)})))

    def test_hmac_over_something_else(self, good: dict[str, Any]) -> None:
        header, claims, _ = signed(good).split(".")
        digest = hmac.new(settings.JWT_SIGNING_KEY.encode(), b"", "sha256").digest()
        forged = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert is_refused(ask(f"{header}.{claims}.{forged}"))
