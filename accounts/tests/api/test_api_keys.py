from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api_keys import is_well_formed
from accounts.models import ApiKey, User
from accounts.operations import revoke_key, set_pin
from accounts.tests.factories import client_of, pair_of, person
from accounts.tests.keys import expired_key_of, key_of, program
from events.models import Event

pytestmark = pytest.mark.django_db

KEYS = "/api/v1/keys"
ROLLOVER = "/api/v1/keys/rollover"
ME = "/api/v1/users/me"
ASKED = {"name": "trading-bot", "permissions": ["read", "transfer"], "expiry": "1D"}


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


def create(client: APIClient, **changes: Any) -> Any:
    return client.post(KEYS, {**ASKED, **changes}, format="json")


def roll_over(client: APIClient, key_id: Any, expiry: str = "1M") -> Any:
    return client.post(ROLLOVER, {"expired_key_id": str(key_id), "expiry": expiry}, format="json")


class TestCreate:
    def test_the_key_is_shown_this_once(self, app: APIClient, alice: User) -> None:
        answer = create(app)

        assert answer.status_code == 201
        body = answer.json()
        assert is_well_formed(body["api_key"])
        assert body["permissions"] == ["read", "transfer"]
        assert body["status"] == "active"
        assert body["hint"] == body["api_key"][:14]
        assert answer["Cache-Control"] == "no-store"
        assert body["api_key"] not in app.get(KEYS).content.decode()
        key = ApiKey.objects.get(owner=alice)
        assert body["api_key"].encode() not in bytes(key.digest)

    def test_it_opens_the_door(self, app: APIClient, alice: User) -> None:
        text = create(app).json()["api_key"]

        assert program(text).get(ME).json()["id"] == str(alice.id)

    @pytest.mark.parametrize(
        ("expiry", "days"), [("1H", 1 / 24), ("1D", 1), ("1M", 30), ("1Y", 365)]
    )
    def test_it_lives_as_long_as_asked(self, app: APIClient, expiry: str, days: float) -> None:
        body = create(app, expiry=expiry).json()

        begun, ends = (datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at"))
        assert ends - begun == timedelta(days=days)

    def test_it_is_told(self, app: APIClient, alice: User) -> None:
        body = create(app).json()

        event = Event.objects.get(type="key.created", subject=body["id"])
        assert (event.owner_id, event.actor_id) == (alice.id, alice.id)
        assert event.data["permissions"] == ["read", "transfer"]
        assert body["api_key"] not in str(event.data)

    @pytest.mark.parametrize(
        "fault",
        [
            {"name": ""},
            {"name": "x" * 101},
            {"permissions": []},
            {"permissions": ["admin"]},
            {"permissions": "read"},
            {"expiry": "2D"},
            {"expiry": "1d"},
            {"allowed_ips": ["everywhere"]},
            {"allowed_ips": ["192.0.2.300"]},
            {"allowed_ips": ["192.0.2.1"] * 21},
        ],
    )
    def test_a_faulty_request_makes_nothing(self, app: APIClient, fault: dict[str, Any]) -> None:
        answer = create(app, **fault)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"].partition(".")[0] in fault
        assert not ApiKey.objects.exists()

    def test_a_permission_named_twice_counts_once(self, app: APIClient) -> None:
        assert create(app, permissions=["read", "read"]).json()["permissions"] == ["read"]

    def test_five_work_at_a_time(self, app: APIClient, alice: User) -> None:
        assert [create(app).status_code for _ in range(5)] == [201] * 5

        refused = create(app)

        assert (refused.status_code, refused.json()["code"]) == (422, "limit_exceeded")
        assert ApiKey.objects.filter(owner=alice).count() == 5
        assert create(client_of(person())).status_code == 201

    def test_a_revoked_key_makes_room(self, app: APIClient) -> None:
        made = [create(app).json()["id"] for _ in range(5)]
        app.delete(f"{KEYS}/{made[2]}")

        assert create(app).status_code == 201
        assert create(app).status_code == 422

    def test_an_expired_key_makes_room(self, app: APIClient, alice: User) -> None:
        for _ in range(5):
            expired_key_of(alice)

        assert [create(app).status_code for _ in range(6)] == [201] * 5 + [422]

    def test_the_database_allows_no_sixth(self, alice: User) -> None:
        key, _ = key_of(alice)
        fields = {"owner": alice, "name": "x", "hint": "x", "permissions": ["read"]}
        times = {"created_at": key.created_at, "expires_at": key.expires_at}

        for place in (key.place, 6, 0):
            with pytest.raises(IntegrityError), transaction.atomic():
                ApiKey.objects.create(**fields, **times, digest=uuid4().bytes, place=place)

    @pytest.mark.parametrize("column", ["expires_at", "permissions", "digest", "owner_id"])
    def test_what_a_key_is_good_for_cannot_be_changed(self, alice: User, column: str) -> None:
        key_of(alice)

        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.cursor().execute(f"UPDATE accounts_apikey SET {column} = {column}")

    def test_it_wants_a_recent_login(self, alice: User) -> None:
        token = pair_of(alice, at=timezone.now() - timedelta(minutes=14, seconds=50)).access_token
        fresh = APIClient(headers={"authorization": f"Bearer {token}"})
        assert create(fresh).status_code == 201

        # The login is older than its token: that was refreshed.
        alice.token_families.update(authenticated_at=timezone.now() - timedelta(minutes=16))
        refused = create(fresh)

        assert (refused.status_code, refused.json()["code"]) == (401, "reauthentication_required")
        assert "max_age=900" in refused["WWW-Authenticate"]
        assert ApiKey.objects.filter(owner=alice).count() == 1

    def test_it_wants_the_pin_of_who_has_one(self, app: APIClient, alice: User) -> None:
        set_pin(owner_id=alice.id, pin="2580", at=timezone.now())

        assert create(app).json()["reason"] == "pin_required"
        knowing = app.post(KEYS, ASKED, format="json", headers={"x-transaction-pin": "2580"})
        assert knowing.status_code == 201

    def test_strangers_make_none(self) -> None:
        assert create(APIClient()).status_code == 401


class TestList:
    def test_all_of_ones_own_newest_first(self, app: APIClient, alice: User) -> None:
        key_of(person())
        old, _ = expired_key_of(alice)
        gone, _ = key_of(alice)
        revoke_key(owner_id=alice.id, key_id=gone.id, at=timezone.now())
        new, _ = key_of(alice)

        found = app.get(KEYS).json()["results"]

        assert [(key["id"], key["status"]) for key in found] == [
            (str(new.id), "active"),
            (str(gone.id), "revoked"),
            (str(old.id), "expired"),
        ]
        assert "api_key" not in found[0]
        assert "digest" not in found[0]

    def test_in_pages(self, app: APIClient) -> None:
        for _ in range(3):
            create(app)

        first = app.get(KEYS, {"page_size": 2}).json()
        second = app.get(first["next"]).json()

        assert (len(first["results"]), len(second["results"])) == (2, 1)


class TestRevoke:
    def test_it_is_dead_at_the_next_request(self, app: APIClient, alice: User) -> None:
        key, text = key_of(alice)

        assert app.delete(f"{KEYS}/{key.id}").status_code == 204

        assert program(text).get(ME).status_code == 401
        assert Event.objects.filter(type="key.revoked", subject=str(key.id)).count() == 1

    def test_once(self, app: APIClient, alice: User) -> None:
        key, _ = key_of(alice)
        app.delete(f"{KEYS}/{key.id}")

        again = app.delete(f"{KEYS}/{key.id}")

        assert (again.status_code, again.json()["reason"]) == (409, "key_revoked")
        assert Event.objects.filter(type="key.revoked").count() == 1

    def test_not_somebody_elses(self, app: APIClient) -> None:
        key, text = key_of(person())

        assert app.delete(f"{KEYS}/{key.id}").status_code == 404
        assert app.delete(f"{KEYS}/{uuid4()}").status_code == 404
        assert program(text).get(ME).status_code == 200


class TestRollover:
    def test_the_new_key_may_do_what_the_old_one_could(self, app: APIClient, alice: User) -> None:
        old, dead = expired_key_of(alice, "payout", "read", allowed_ips=["127.0.0.0/8"])

        answer = roll_over(app, old.id)

        assert answer.status_code == 201
        body = answer.json()
        assert body["permissions"] == ["payout", "read"]
        assert body["allowed_ips"] == ["127.0.0.0/8"]
        assert (body["name"], body["renews"]) == (old.name, str(old.id))
        assert program(body["api_key"]).get(ME).status_code == 200
        assert program(dead).get(ME).status_code == 401
        assert Event.objects.filter(type="key.renewed", subject=body["id"]).count() == 1

    def test_once(self, app: APIClient, alice: User) -> None:
        old, _ = expired_key_of(alice)
        roll_over(app, old.id)

        again = roll_over(app, old.id)

        assert (again.status_code, again.json()["reason"]) == (409, "key_renewed")
        assert ApiKey.objects.filter(owner=alice).count() == 2

    def test_not_before_it_expired(self, app: APIClient, alice: User) -> None:
        key, _ = key_of(alice)

        refused = roll_over(app, key.id)

        assert (refused.status_code, refused.json()["reason"]) == (409, "key_not_expired")

    def test_not_after_it_was_revoked(self, app: APIClient, alice: User) -> None:
        key, _ = expired_key_of(alice)
        revoke_key(owner_id=alice.id, key_id=key.id, at=timezone.now())

        refused = roll_over(app, key.id)

        assert (refused.status_code, refused.json()["reason"]) == (409, "key_revoked")

    def test_not_somebody_elses(self, app: APIClient) -> None:
        key, _ = expired_key_of(person())

        assert roll_over(app, key.id).status_code == 404
        assert roll_over(app, uuid4()).status_code == 404
        assert roll_over(app, "1").status_code == 400

    def test_not_beside_five_that_work(self, app: APIClient, alice: User) -> None:
        old, _ = expired_key_of(alice)
        for _ in range(5):
            key_of(alice)

        assert roll_over(app, old.id).status_code == 422

    def test_it_wants_a_recent_login(self, app: APIClient, alice: User) -> None:
        old, _ = expired_key_of(alice)
        alice.token_families.update(authenticated_at=timezone.now() - timedelta(minutes=16))

        assert roll_over(app, old.id).json()["code"] == "reauthentication_required"
