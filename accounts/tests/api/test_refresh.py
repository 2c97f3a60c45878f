from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.tokens import TokenPair, write_pair
from accounts.models import RefreshToken, TokenFamily, User
from accounts.operations import start_family
from accounts.tests.factories import pair_of, person
from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


def refresh(token: Any) -> Any:
    return APIClient().post("/api/v1/tokens/refresh", {"refresh_token": token}, format="json")


def successor(token: str) -> str:
    answer = refresh(token)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["refresh_token"])


def works(access_token: str) -> bool:
    answer = APIClient().get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return bool(answer.status_code == 200)


def is_refused(answer: Any) -> bool:
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_not_valid"
    return True


def age(**time: int) -> None:
    """Let time pass for every token that was spent."""
    spent = RefreshToken.objects.exclude(used_at=None)
    spent.update(used_at=F("used_at") - timedelta(**time))


def test_it_gives_a_new_pair(alice: User) -> None:
    old = pair_of(alice)

    answer = refresh(old.refresh_token)

    assert answer.status_code == 200
    new = answer.json()
    assert set(new) == {"access_token", "refresh_token"}
    assert new["refresh_token"] != old.refresh_token
    assert works(new["access_token"])
    assert successor(new["refresh_token"])


def test_it_needs_no_access_token(alice: User) -> None:
    client = APIClient(HTTP_AUTHORIZATION="Bearer expired.or.garbage")

    answer = client.post(
        "/api/v1/tokens/refresh", {"refresh_token": pair_of(alice).refresh_token}, format="json"
    )

    assert answer.status_code == 200


def test_the_tokens_say_what_they_are(alice: User) -> None:
    at = timezone.now()
    pair = pair_of(alice, at=at)

    access = jwt.decode(pair.access_token, options={"verify_signature": False})
    refresh_claims = jwt.decode(pair.refresh_token, options={"verify_signature": False})

    assert access["exp"] - access["iat"] == 15 * 60
    assert refresh_claims["exp"] - refresh_claims["iat"] == 30 * 24 * 3600
    assert (access["token_type"], refresh_claims["token_type"]) == ("access", "refresh")
    assert access["sub"] == str(alice.id)
    assert access["ver"] == 0
    assert access["auth_time"] == int(at.timestamp())
    assert access["fam"] == refresh_claims["fam"]
    assert {"iss", "aud"} <= set(access)
    assert jwt.get_unverified_header(pair.access_token)["kid"]


def test_thirty_days_are_counted_from_the_login(alice: User) -> None:
    first = pair_of(alice, at=timezone.now() - timedelta(days=29))

    new = refresh(first.refresh_token).json()

    claims = jwt.decode(new["refresh_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 24 * 3600 + 1


def test_it_is_over_after_thirty_days(alice: User) -> None:
    assert is_refused(refresh(pair_of(alice, at=timezone.now() - timedelta(days=30)).refresh_token))


def test_the_answer_that_was_lost_is_given_again(alice: User) -> None:
    old = pair_of(alice).refresh_token

    first, again = refresh(old), refresh(old)

    assert again.status_code == 200
    assert again.json() == first.json()
    assert RefreshToken.objects.filter(family__user=alice).count() == 2


def test_a_token_replayed_later_kills_the_family(alice: User) -> None:
    pair = pair_of(alice)
    new = refresh(pair.refresh_token).json()
    age(seconds=10)

    assert is_refused(refresh(pair.refresh_token))

    assert is_refused(refresh(new["refresh_token"]))
    assert not works(new["access_token"])
    assert not works(pair.access_token)
    event = Event.objects.get(type="token.family_revoked", owner_id=alice.id)
    assert event.data == {"reason": "refresh_token_reused"}


def test_a_token_older_than_the_last_kills_the_family_at_once(alice: User) -> None:
    first = pair_of(alice).refresh_token
    third = successor(successor(first))

    assert is_refused(refresh(first))
    assert is_refused(refresh(third))


def test_another_login_survives_the_death_of_a_family(alice: User) -> None:
    phone, laptop = pair_of(alice), pair_of(alice)
    successor(successor(phone.refresh_token))
    assert is_refused(refresh(phone.refresh_token))

    assert works(laptop.access_token)
    assert successor(laptop.refresh_token)


def test_somebody_disabled_gets_nothing(alice: User) -> None:
    token = pair_of(alice).refresh_token
    User.objects.filter(id=alice.id).update(is_active=False)

    assert is_refused(refresh(token))
    assert RefreshToken.objects.filter(family__user=alice).count() == 1


def test_an_older_token_version_gets_nothing(alice: User) -> None:
    token = pair_of(alice).refresh_token
    User.objects.filter(id=alice.id).update(token_version=1)

    assert is_refused(refresh(token))


def test_an_access_token_is_no_refresh_token(alice: User) -> None:
    assert is_refused(refresh(pair_of(alice).access_token))


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.", "é"])
def test_garbage_is_refused(token: str) -> None:
    assert is_refused(refresh(token))


@pytest.mark.parametrize("token", ["", None, 1.5, [], {}, "x" * 5000])
def test_what_is_no_token_at_all_is_a_bad_request(token: Any) -> None:
    assert refresh(token).status_code in (400, 401)


def test_a_token_of_ours_that_was_never_recorded_is_refused(alice: User) -> None:
    token = start_family(user=alice, at=timezone.now())
    pair = write_pair(token)
    RefreshToken.objects.filter(id=token.id).delete()

    assert is_refused(refresh(pair.refresh_token))


def test_logging_out_everywhere_ends_everything_and_nobody_else(alice: User) -> None:
    pairs = [pair_of(alice) for _ in range(3)]
    bob = pair_of(person())

    answer = APIClient().post(
        "/api/v1/auth/logout-all", HTTP_AUTHORIZATION=f"Bearer {pairs[0].access_token}"
    )

    assert answer.status_code == 204
    assert not any(works(pair.access_token) for pair in pairs)
    assert all(is_refused(refresh(pair.refresh_token)) for pair in pairs)
    assert User.objects.get(id=alice.id).token_version == 1
    assert works(bob.access_token)
    assert not TokenFamily.objects.filter(user=alice, revoked_at=None).exists()
    assert works(pair_of(User.objects.get(id=alice.id)).access_token)


def test_logging_out_everywhere_needs_somebody() -> None:
    assert APIClient().post("/api/v1/auth/logout-all").status_code == 401


def test_a_pair_is_written_the_same_twice(alice: User) -> None:
    token = start_family(user=alice, at=timezone.now())

    assert isinstance(write_pair(token), TokenPair)
    assert write_pair(token) == write_pair(token)
