from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.errors import PinLocked, PinNotValid
from accounts.models import TransactionPin, User
from accounts.operations import check_pin, set_pin
from accounts.tests.factories import client_of, person
from events.models import Event

pytestmark = pytest.mark.django_db

PIN = "/api/v1/users/me/pin"
RIGHT, WRONG = "2580", "1470"


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


def is_right(owner: User, pin: str) -> bool:
    try:
        check_pin(owner_id=owner.id, pin=pin)
    except PinNotValid:
        return False
    return True


def test_it_is_kept_as_a_slow_hash(app: APIClient, alice: User) -> None:
    assert app.get(PIN).json() == {"is_set": False, "is_locked": False}

    assert app.put(PIN, {"pin": RIGHT}, format="json").status_code == 204

    assert app.get(PIN).json() == {"is_set": True, "is_locked": False}
    kept = TransactionPin.objects.get(owner=alice)
    assert kept.hash.startswith("argon2$argon2id$")
    event = Event.objects.get(type="pin.set", owner_id=alice.id)
    assert event.data == {}


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "123",
        "1234567890",
        "12a4",
        "\u0661\u0662\u0663\u0669",
        "25 80",
        "2222",
        "1234",
        "9876",
        "7890",
    ],
)
def test_not_any_pin_will_do(app: APIClient, pin: str) -> None:
    answer = app.put(PIN, {"pin": pin}, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "pin"
    assert not TransactionPin.objects.exists()


def test_another_takes_its_place_and_opens_the_lock(app: APIClient, alice: User) -> None:
    set_pin(owner_id=alice.id, pin=WRONG, at=timezone.now())
    TransactionPin.objects.filter(owner=alice).update(failures=5)
    with pytest.raises(PinLocked):
        check_pin(owner_id=alice.id, pin=WRONG)
    assert app.get(PIN).json() == {"is_set": True, "is_locked": True}

    app.put(PIN, {"pin": RIGHT}, format="json")

    assert app.get(PIN).json() == {"is_set": True, "is_locked": False}
    assert is_right(alice, RIGHT)
    assert not is_right(alice, WRONG)


def test_it_can_be_removed_once(app: APIClient, alice: User) -> None:
    app.put(PIN, {"pin": RIGHT}, format="json")

    assert app.delete(PIN).status_code == 204

    assert is_right(alice, WRONG)
    assert app.delete(PIN).json()["reason"] == "no_pin"
    assert Event.objects.filter(type="pin.removed").count() == 1


@pytest.mark.parametrize("method", ["put", "delete"])
def test_it_wants_a_recent_login(app: APIClient, alice: User, method: str) -> None:
    set_pin(owner_id=alice.id, pin=RIGHT, at=timezone.now())
    alice.token_families.update(authenticated_at=timezone.now() - timedelta(minutes=16))
    before = TransactionPin.objects.get(owner=alice).hash

    answer = getattr(app, method)(PIN, {"pin": "1357"}, format="json")

    assert answer.json()["code"] == "reauthentication_required"
    assert TransactionPin.objects.get(owner=alice).hash == before
