"""Staff come into the back office with every factor that the API would ask them for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import EmailCode, User
from accounts.tests.authenticators import totp
from accounts.tests.factories import PASSWORD, person, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return with_password(person("staff@example.com", role="staff"))


@pytest.fixture
def secret(staff: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(staff, secret)
    return secret


def log_in(client: Client, *, code: str = "", password: str = PASSWORD) -> Any:
    body = {"username": "staff@example.com", "password": password, "code": code}
    return client.post("/admin/login/?next=/admin/", {**body, "next": "/admin/"})


def is_inside(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_without_another_factor_a_password_is_enough(staff: User) -> None:
    client = Client()

    assert log_in(client).status_code == 302
    assert is_inside(client)


def test_a_password_alone_is_not_enough_for_who_has_an_app(secret: str) -> None:
    client = Client()

    answer = log_in(client)

    assert "Type the code of your authenticator app" in answer.content.decode()
    assert not is_inside(client)
    assert log_in(client, code=totp(secret)).status_code == 302
    assert is_inside(client)


@pytest.mark.parametrize(
    "code", ["000000", "abcdef", "' OR 1=1", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
def test_a_wrong_code_stays_outside(secret: str, code: str) -> None:
    client = Client()

    assert "This code is wrong" in log_in(client, code=code).content.decode()
    assert not is_inside(client)


def test_a_code_without_the_password_is_nothing(secret: str) -> None:
    client = Client()

    answer = log_in(client, code=totp(secret), password="wrong-Pass-0000")

    assert "enter the correct" in answer.content.decode()
    assert not is_inside(client)
    assert log_in(client, code=totp(secret)).status_code == 302


def test_a_code_is_good_once(secret: str) -> None:
    code = totp(secret)
    log_in(Client(), code=code)

    client = Client()

    assert log_in(client, code=code).status_code == 200
    assert not is_inside(client)


def test_codes_are_not_guessed(secret: str) -> None:
    for number in range(10):
        log_in(Client(), code=f"{number:06}")

    client = Client()
    answer = log_in(client, code=totp(secret))

    assert "Too many" in answer.content.decode()
    assert not is_inside(client)


def test_a_recovery_code_is_good_once(staff: User, secret: str) -> None:
    recovery: str = RecoveryCodes.activate(staff).generate_codes()[0]
    client, again = Client(), Client()

    assert log_in(client, code=recovery).status_code == 302
    assert is_inside(client)
    assert log_in(again, code=recovery).status_code == 200
    assert not is_inside(again)


def test_who_has_only_a_passkey_does_not_come_in_by_password(staff: User) -> None:
    Authenticator.objects.create(user=staff, type="webauthn", data={"name": "key"})
    client = Client()

    assert log_in(client).status_code == 200
    assert log_in(client, code="123456").status_code == 200
    assert not is_inside(client)


@pytest.mark.parametrize("rule", [EmailCode.ALWAYS, EmailCode.UNKNOWN_DEVICES])
def test_who_wants_codes_by_mail_gets_one(
    staff: User, mailoutbox: list[EmailMessage], rule: str
) -> None:
    User.objects.filter(id=staff.id).update(email_code=rule)
    client = Client()

    answer = log_in(client)
    assert "We sent you a code" in answer.content.decode()
    assert not is_inside(client)
    (code,) = set(re.findall(r"\b[0-9]{6}\b", str(mailoutbox[-1].body)))

    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert log_in(client, code=wrong).status_code == 200
    assert log_in(Client(), code=code).status_code == 200
    assert log_in(client, code=code).status_code == 302
    assert is_inside(client)


def test_no_factor_is_asked_before_the_password(
    staff: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(id=staff.id).update(email_code=EmailCode.ALWAYS)

    answer = log_in(Client(), password="wrong-Pass-0000")

    assert "enter the correct" in answer.content.decode()
    assert mailoutbox == []
