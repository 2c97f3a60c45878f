from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.tokens import write_access
from accounts.models import LoginCode, TokenFamily, User
from accounts.operations import start_family
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.api.two_steps import confirm, half_way_by_mail
from accounts.tests.authenticators import totp
from accounts.tests.factories import client_of
from accounts.tests.mails import code_in

pytestmark = pytest.mark.django_db


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def test_the_rule_is_ones_own_to_set(alice: User) -> None:
    api = client_of(alice)

    answer = api.patch("/api/v1/users/me", {"email_code": "unknown_devices"}, format="json")

    assert answer.status_code == 200
    assert answer.json()["email_code"] == "unknown_devices"
    assert api.get("/api/v1/users/me").json()["email_code"] == "unknown_devices"


def test_who_only_stole_an_access_token_does_not_set_it(careful: User) -> None:
    login = start_family(user=careful, at=timezone.now() - timedelta(minutes=16))
    token = write_access(login, life=timedelta(hours=1))
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    answer = api.patch("/api/v1/users/me", {"email_code": "never"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (401, "reauthentication_required")
    careful.refresh_from_db()
    assert careful.email_code == "always"
    assert api.patch("/api/v1/users/me", {"name": "Alice"}, format="json").status_code == 200


def test_another_rule_is_refused(alice: User) -> None:
    answer = client_of(alice).patch("/api/v1/users/me", {"email_code": "often"}, format="json")

    assert answer.status_code == 400
    alice.refresh_from_db()
    assert alice.email_code == "never"


def test_the_code_completes_a_login(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["alice@example.com"], "Your code to log in")
    assert len(code_in(mail)) == 6

    status, body = confirm(client, code_in(mail))

    assert status == 200
    assert {"access_token", "refresh_token", "device_token"} <= set(body["meta"])
    assert [method["method"] for method in body["data"]["methods"]] == ["password", "code"]
    assert client.get("users/me")[0] == 200


def test_spaces_and_dashes_do_not_matter(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    code = code_in(mailoutbox[0])

    assert confirm(client, f" {code[:3]}-{code[3:]} ")[0] == 200


def test_half_a_login_reaches_nothing(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()

    for path in ("users/me", "account/email", "auth/sessions", "account/authenticators"):
        assert client.get(path)[0] == 401
    assert not TokenFamily.objects.filter(user=careful).exists()


def test_the_right_code_is_worth_nothing_elsewhere(
    careful: User, mailoutbox: list[EmailMessage]
) -> None:
    half_way_by_mail()
    other = half_way_by_mail()

    assert confirm(other, code_in(mailoutbox[0]))[0] == 400
    assert confirm(AuthClient(), code_in(mailoutbox[0]))[0] == 409


def test_there_are_five_tries_in_all(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    code = code_in(mailoutbox[0])
    for _ in range(3):
        status, body = confirm(client, wrong(code))
        assert status == 400
        assert body["errors"][0]["code"] == "incorrect_code"
    assert client.post("auth/code/resend")[0] == 200
    code = code_in(mailoutbox[1])
    for _ in range(2):
        assert confirm(client, wrong(code))[0] == 400

    assert confirm(client, code)[0] == 409
    assert not TokenFamily.objects.filter(user=careful).exists()


def test_another_code_replaces_the_first(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    client.post("auth/code/resend")
    first, second = map(code_in, mailoutbox)

    if first != second:
        assert confirm(client, first)[0] == 400
    assert confirm(client, second)[0] == 200


def test_three_mails_are_enough(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()

    assert [client.post("auth/code/resend")[0] for _ in range(3)] == [200, 200, 409]
    assert len(mailoutbox) == 3


def test_who_waits_for_no_code_is_sent_none(alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert AuthClient().post("auth/code/resend")[0] == 409
    assert not mailoutbox


def test_after_ten_minutes_it_is_too_late(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    LoginCode.objects.update(expires_at=F("expires_at") - timedelta(minutes=10))

    assert confirm(client, code_in(mailoutbox[0]))[0] == 409


def test_a_code_is_good_once(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way_by_mail()
    session = dict(client.headers)
    confirm(client, code_in(mailoutbox[0]))
    again = AuthClient()
    again.headers = session

    assert confirm(again, code_in(mailoutbox[0]))[0] in (401, 409, 410)
    assert TokenFamily.objects.filter(user=careful).count() == 1


def test_guesses_over_many_logins_are_counted_together(
    careful: User, mailoutbox: list[EmailMessage]
) -> None:
    statuses: list[int] = []
    for _ in range(3):
        client = half_way_by_mail()
        code = code_in(mailoutbox[-1])
        statuses += [confirm(client, wrong(code))[0] for _ in range(4)]

    assert statuses.count(400) == 10
    assert statuses[-2:] == [429, 429]
    assert confirm(client, code)[0] == 429


def test_a_mailbox_is_not_flooded(careful: User, mailoutbox: list[EmailMessage]) -> None:
    statuses = [AuthClient().log_in("alice@example.com")[0] for _ in range(10)]

    assert statuses == [401] * 6 + [429] * 4
    assert len(mailoutbox) == 6


def test_no_code_lies_about(careful: User, mailoutbox: list[EmailMessage]) -> None:
    half_way_by_mail()
    code = code_in(mailoutbox[0])
    kept = LoginCode.objects.get()

    assert code.encode() not in bytes(kept.digest)
    for session in Session.objects.all():
        assert code not in str(session.get_decoded())


def test_nobody_is_asked_who_did_not_want_it(alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert AuthClient().log_in("alice@example.com")[0] == 200
    assert not mailoutbox


def test_an_authenticator_takes_the_place_of_the_code(
    careful: User, mailoutbox: list[EmailMessage]
) -> None:
    client = half_way_by_mail()
    confirm(client, code_in(mailoutbox[0]))
    secret = client.get("account/authenticators/totp")[1]["meta"]["secret"]
    client.post("account/authenticators/totp", {"code": totp(secret)})
    mailoutbox.clear()

    _, body = AuthClient().log_in("alice@example.com")

    assert pending(body) == ["mfa_authenticate"]
    assert not mailoutbox
