"""Guesses that are made at the same instant, with real threads and a connection for each."""

from __future__ import annotations

from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.errors import LoginCodeSpent, LoginCodeWrong, TooManyTries
from accounts.models import LoginCode, TokenFamily, User
from accounts.operations import (
    open_login_code,
    redeem_login_code,
    take_try,
    update_profile,
)
from accounts.patience import PASSWORD
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.authenticators import totp
from accounts.tests.factories import person, with_password
from accounts.tests.mails import code_in
from accounts.tests.test_concurrency import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def test_of_many_passwords_at_once_five_are_looked_at() -> None:
    what, now = f"password:{uuid4()}", timezone.now()

    def attempt(_: int) -> bool:
        try:
            take_try(what=what, patience=PASSWORD, at=now)
        except TooManyTries:
            return False
        return True

    assert at_once(20, attempt).count(True) == 5


def test_of_many_codes_at_once_five_are_looked_at() -> None:
    opened = open_login_code(user=person(), code="123456", at=timezone.now())

    def attempt(index: int) -> str:
        try:
            redeem_login_code(code_id=opened.id, code=f"{index:06}", at=timezone.now())
        except (LoginCodeWrong, LoginCodeSpent) as refusal:
            return refusal.code
        return "right"

    answers = at_once(20, attempt)

    assert sorted(set(answers)) == ["incorrect_code", "login_code_spent"]
    assert answers.count("incorrect_code") == 5
    assert LoginCode.objects.get(id=opened.id).tries == 5


def test_of_many_that_are_right_at_once_one_comes_in() -> None:
    opened = open_login_code(user=person(), code="123456", at=timezone.now())

    def attempt(_: int) -> bool:
        try:
            redeem_login_code(code_id=opened.id, code="123456", at=timezone.now())
        except LoginCodeSpent:
            return False
        return True

    assert at_once(8, attempt).count(True) == 1


def test_a_mailed_code_is_tried_five_times_over_http(mailoutbox: list[EmailMessage]) -> None:
    alice = with_password(person())
    update_profile(user_id=alice.id, email_code="always")
    client = AuthClient()
    client.log_in(alice.email)
    right = code_in(mailoutbox[-1])

    def attempt(index: int) -> int:
        twin = AuthClient()
        twin.headers = dict(client.headers)
        guess = (int(right) + 1 + index) % 1_000_000
        return twin.post("auth/code/confirm", {"code": f"{guess:06}"})[0]

    answers = at_once(8, attempt)

    assert answers.count(400) == 5
    assert set(answers) <= {400, 401, 409, 429}
    assert client.post("auth/code/confirm", {"code": right})[0] in (401, 409, 410)
    assert not TokenFamily.objects.filter(user=alice).exists()


def test_one_code_of_an_app_opens_one_login() -> None:
    alice = with_password(person())
    secret = enrolled(alice)
    clients = [AuthClient() for _ in range(4)]
    for client in clients:
        client.log_in(alice.email)
    code = totp(secret)

    answers = at_once(
        4, lambda index: clients[index].post("auth/2fa/authenticate", {"code": code})[0]
    )

    assert sorted(answers) == [200, 400, 400, 400]


def enrolled(alice: User) -> str:
    client = AuthClient()
    client.log_in(alice.email)
    secret: str = client.get("account/authenticators/totp")[1]["meta"]["secret"]
    client.post("account/authenticators/totp", {"code": totp(secret, steps=-1)})
    assert Authenticator.objects.filter(user=alice, type="totp").exists()
    return secret
