from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, TransactionPin, User
from accounts.operations import log_out_everywhere, set_password, set_pin
from accounts.tests.factories import pair_of, person
from accounts.tests.keys import expired_key_of, key_of, program
from ledger.tests.protocol import round_trips

pytestmark = pytest.mark.django_db

KEYS = "/api/v1/keys"
ROLLOVER = "/api/v1/keys/rollover"
ME = "/api/v1/users/me"
ASKED = {"name": "trading-bot", "permissions": ["read", "transfer"], "expiry": "1D"}


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


class TestUse:
    def test_it_costs_one_round_trip(self, alice: User, tmp_path: Path) -> None:
        _, text = key_of(alice, "read")
        client = program(text)

        def ask() -> None:
            # A view that the database has no more to say about.
            assert client.get("/api/v1/wallets/0/balance?at=x").status_code == 400

        first = round_trips(tmp_path / "first", ask)
        then = round_trips(tmp_path / "then", ask)

        assert (first, then) == (1, 1)

    def test_its_use_is_noted_once_a_minute(self, alice: User) -> None:
        key, text = key_of(alice)

        def noted() -> datetime | None:
            program(text).get(ME)
            return ApiKey.objects.get(id=key.id).last_used_at

        assert key.last_used_at is None
        first = noted()
        assert first is not None
        assert noted() == first
        before = timezone.now() - timedelta(seconds=61)
        ApiKey.objects.filter(id=key.id).update(last_used_at=before)
        assert noted() != before

    @pytest.mark.parametrize("text", ["", "x", "sk_live_", "sk_live_" + "0" * 49])
    def test_what_is_no_key_opens_nothing(self, text: str) -> None:
        answer = program(text).get(ME)

        assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")

    def test_an_expired_one_opens_nothing(self, alice: User) -> None:
        _, text = expired_key_of(alice)

        assert program(text).get(ME).status_code == 401

    def test_nor_one_whose_owner_is_disabled(self, alice: User) -> None:
        _, text = key_of(alice)
        User.objects.filter(id=alice.id).update(is_active=False)

        assert program(text).get(ME).status_code == 401

    def test_it_outlives_logins_and_passwords(self, alice: User) -> None:
        _, text = key_of(alice)

        log_out_everywhere(user_id=alice.id, at=timezone.now())
        set_password(user=alice, password="another-Pass-1357", at=timezone.now())

        assert program(text).get(ME).status_code == 200

    @pytest.mark.parametrize(
        ("allowed", "address", "status"),
        [
            (["192.0.2.0/24"], "192.0.2.7", 200),
            (["192.0.2.0/24"], "192.0.3.7", 401),
            (["192.0.2.7/32", "2001:db8::/32"], "2001:db8::1", 200),
            (["192.0.2.7/32", "2001:db8::/32"], "2001:db9::1", 401),
            (["2001:db8::/32"], "192.0.2.7", 401),
            (["192.0.2.0/24"], "::ffff:192.0.2.7", 200),
        ],
    )
    def test_it_works_from_where_it_may(
        self, alice: User, allowed: list[str], address: str, status: int
    ) -> None:
        _, text = key_of(alice, allowed_ips=allowed)

        assert program(text, REMOTE_ADDR=address).get(ME).status_code == status

    def test_an_address_that_a_client_claims_counts_for_nothing(self, alice: User) -> None:
        _, text = key_of(alice, allowed_ips=["192.0.2.7/32"])

        spoofed = program(text, HTTP_X_FORWARDED_FOR="192.0.2.7", HTTP_X_REAL_IP="192.0.2.7")

        assert spoofed.get(ME).status_code == 401

    def test_keys_of_a_retired_pepper_still_work(self, alice: User) -> None:
        _, text = key_of(alice)
        first = settings.API_KEY_PEPPER

        with override_settings(API_KEY_PEPPER="a newer one", API_KEY_RETIRED_PEPPERS=[]):
            assert program(text).get(ME).status_code == 401
        with override_settings(API_KEY_PEPPER="a newer one", API_KEY_RETIRED_PEPPERS=[first]):
            assert program(text).get(ME).status_code == 200
            _, newer = key_of(alice)
            assert program(newer).get(ME).status_code == 200

    def test_an_access_token_comes_first(self, alice: User) -> None:
        bob = person()
        _, text = key_of(alice)
        both = program(text, HTTP_AUTHORIZATION=f"Bearer {pair_of(bob).access_token}")

        assert both.get(ME).json()["id"] == str(bob.id)
        bad = program(text, HTTP_AUTHORIZATION="Bearer x.y.z")
        assert bad.get(ME).status_code == 401


class TestLimits:
    """What no key may do, whatever its owner may."""

    EVERYTHING = ("read", "deposit", "transfer", "payout", "offline")

    @pytest.fixture
    def bot(self) -> APIClient:
        root = person(role="superuser")
        _, text = key_of(root, *self.EVERYTHING)
        return program(text)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", KEYS),
            ("post", KEYS),
            ("post", ROLLOVER),
            ("delete", f"{KEYS}/{UUID(int=7)}"),
            ("patch", ME),
            ("get", f"{ME}/pin"),
            ("put", f"{ME}/pin"),
            ("delete", f"{ME}/pin"),
            ("post", "/api/v1/auth/logout-all"),
            ("get", "/api/v1/users"),
            ("get", f"/api/v1/users/{UUID(int=7)}"),
        ],
    )
    def test_credentials_and_people_are_no_business_of_a_key(
        self, bot: APIClient, method: str, path: str
    ) -> None:
        answer = getattr(bot, method)(path, {}, format="json")

        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "account/email"),
            ("post", "account/password/change"),
            ("get", "account/authenticators"),
            ("get", "auth/session"),
            ("get", "auth/sessions"),
            ("post", "auth/reauthenticate"),
        ],
    )
    def test_allauth_knows_no_keys(self, bot: APIClient, method: str, path: str) -> None:
        assert getattr(bot, method)(f"/api/v1/{path}", {}, format="json").status_code == 401

    def test_the_admin_knows_no_keys(self, bot: APIClient) -> None:
        assert bot.get("/admin/").status_code == 302

    @pytest.mark.parametrize(
        ("scope", "method", "path"),
        [
            ("read", "get", "/api/v1/wallets"),
            ("transfer", "post", "/api/v1/transfers"),
            ("deposit", "post", "/api/v1/deposits"),
        ],
    )
    def test_a_scope_opens_its_own_doors(
        self, alice: User, scope: str, method: str, path: str
    ) -> None:
        others = [other for other in self.EVERYTHING if other != scope]
        _, fit = key_of(alice, scope)
        _, unfit = key_of(alice, *others)

        assert getattr(program(fit), method)(path, {}, format="json").status_code in (200, 400)
        assert getattr(program(unfit), method)(path, {}, format="json").status_code == 403

    def test_a_key_is_asked_for_no_pin(self, alice: User) -> None:
        set_pin(owner_id=alice.id, pin="2580", at=timezone.now())
        _, text = key_of(alice, "transfer")

        answer = program(text).post("/api/v1/transfers", {}, format="json")

        assert answer.status_code == 400
        assert TransactionPin.objects.get(owner=alice).failures == 0
