"""What weakens or widens somebody's account is told to their address, at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, TransactionPin, User
from accounts.tests.factories import client_of, person
from accounts.tests.keys import expired_key_of

pytestmark = pytest.mark.django_db

ME, PIN = "/api/v1/users/me", "/api/v1/users/me/pin"
KEYS, ROLLOVER = "/api/v1/keys", "/api/v1/keys/rollover"
ASKED = {"name": "trading-bot", "permissions": ["read", "transfer"], "expiry": "1D"}


@pytest.fixture
def alice() -> User:
    return person("alice@example.com")


@pytest.fixture
def app(alice: User) -> APIClient:
    return client_of(alice)


def test_a_new_rule_about_mailed_codes(app: APIClient, mailoutbox: list[EmailMessage]) -> None:
    for rule in ("always", "unknown_devices", "never"):
        assert app.patch(ME, {"email_code": rule}, format="json").status_code == 200

    assert {mail.subject for mail in mailoutbox} == {"Your login asks for something else"}
    assert all(mail.to == ["alice@example.com"] for mail in mailoutbox)
    always, unknown, never = (str(mail.body) for mail in mailoutbox)
    assert "at every login" in always
    assert "devices that it does not know" in unknown
    assert "no longer asks" in never
    assert "from the address 127.0.0.1" in never


def test_what_stays_as_it_was_is_told_to_nobody(
    app: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    assert app.patch(ME, {"email_code": "never"}, format="json").status_code == 200
    assert app.patch(ME, {"name": "Alice A."}, format="json").status_code == 200
    assert app.get(PIN).status_code == 200

    assert mailoutbox == []


def test_a_pin_that_is_set_changed_and_removed(
    app: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    app.put(PIN, {"pin": "2580"}, format="json")
    app.put(PIN, {"pin": "1470"}, format="json")
    app.delete(PIN)

    assert [mail.subject for mail in mailoutbox] == [
        "You have a new transaction PIN",
        "You have a new transaction PIN",
        "Your transaction PIN was removed",
    ]
    assert not any(pin in str(mail.message()) for mail in mailoutbox for pin in ("2580", "1470"))


def test_a_key_that_is_made_and_one_that_takes_its_place(
    app: APIClient, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    made = app.post(KEYS, ASKED, format="json").json()
    expired, _ = expired_key_of(alice)
    body = {"expired_key_id": str(expired.id), "expiry": "1M"}
    assert app.post(ROLLOVER, body, format="json").status_code == 201

    assert [mail.subject for mail in mailoutbox] == ["An API key was made"] * 2
    text = str(mailoutbox[0].message())
    assert made["hint"] in text
    assert "read, transfer" in text
    assert made["api_key"] not in text
    assert "trading-bot" not in text, "somebody wrote it who may be no friend of the reader"


def test_what_was_refused_is_told_to_nobody(
    app: APIClient, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    assert app.put(PIN, {"pin": "1234"}, format="json").status_code == 400
    assert app.delete(PIN).status_code >= 400
    assert app.post(KEYS, {**ASKED, "expiry": "9Y"}, format="json").status_code == 400
    alice.token_families.update(authenticated_at=timezone.now() - timedelta(minutes=16))
    assert app.patch(ME, {"email_code": "always"}, format="json").status_code == 401
    assert app.put(PIN, {"pin": "2580"}, format="json").status_code == 401
    assert app.post(KEYS, ASKED, format="json").status_code == 401

    assert mailoutbox == []


def test_a_mail_that_cannot_be_sent_takes_nothing_back(
    app: APIClient, alice: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # Nobody listens there.

    made = app.post(KEYS, ASKED, format="json")
    assert (made.status_code, app.put(PIN, {"pin": "2580"}, format="json").status_code) == (
        201,
        204,
    )

    assert made.json()["api_key"]
    assert ApiKey.objects.filter(owner=alice).count() == 1
    assert TransactionPin.objects.filter(owner=alice).exists()
    assert "key_made, ConnectionRefusedError" in caplog.text
    assert "alice@example.com" not in caplog.text


def test_the_last_mail_goes_to_the_address_that_was(
    app: APIClient, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    assert app.post(f"{ME}/erase", {"email": alice.email}, format="json").status_code == 204

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Your account was erased", ["alice@example.com"])
    assert "127.0.0.1" not in str(mail.body)


def test_whoever_is_erased_by_staff_is_told_as_well(
    alice: User, mailoutbox: list[EmailMessage]
) -> None:
    path = f"/api/v1/users/{alice.id}/erase"

    assert client_of(person(role="staff")).post(path).status_code == 403
    assert client_of(person(role="admin")).post(path).status_code == 204

    assert [mail.to for mail in mailoutbox] == [["alice@example.com"]]
