from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.tokens import write_access
from accounts.models import KnownDevice, LoginCode, TokenFamily, User
from accounts.operations import log_out_everywhere, start_family, update_profile
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.authenticators import totp
from accounts.tests.factories import PASSWORD, client_of, person, with_password
from accounts.tests.mails import code_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


def wants(alice: User, rule: str) -> None:
    update_profile(user_id=alice.id, email_code=rule)


@pytest.fixture
def careful(alice: User) -> User:
    wants(alice, "always")
    return alice


@pytest.fixture
def wary(alice: User) -> User:
    wants(alice, "unknown_devices")
    return alice


def half_way(device: str = "") -> AuthClient:
    """Somebody who typed Alice's password, and is asked for the code."""
    client = AuthClient()
    if device:
        client.headers["X-Device-Token"] = device
    status, body = client.log_in("alice@example.com")
    assert (status, pending(body)) == (401, ["login_by_code"])
    assert "access_token" not in body["meta"]
    assert "device_token" not in body["meta"]
    return client


def confirm(client: AuthClient, code: str) -> tuple[int, Any]:
    return client.post("auth/code/confirm", {"code": code})


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
    client = half_way()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["alice@example.com"], "Your code to log in")
    assert len(code_in(mail)) == 6

    status, body = confirm(client, code_in(mail))

    assert status == 200
    assert {"access_token", "refresh_token", "device_token"} <= set(body["meta"])
    assert [method["method"] for method in body["data"]["methods"]] == ["password", "code"]
    assert client.get("users/me")[0] == 200


def test_spaces_and_dashes_do_not_matter(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()
    code = code_in(mailoutbox[0])

    assert confirm(client, f" {code[:3]}-{code[3:]} ")[0] == 200


def test_half_a_login_reaches_nothing(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()

    for path in ("users/me", "account/email", "auth/sessions", "account/authenticators"):
        assert client.get(path)[0] == 401
    assert not TokenFamily.objects.filter(user=careful).exists()


def test_the_right_code_is_worth_nothing_elsewhere(
    careful: User, mailoutbox: list[EmailMessage]
) -> None:
    half_way()
    other = half_way()

    assert confirm(other, code_in(mailoutbox[0]))[0] == 400
    assert confirm(AuthClient(), code_in(mailoutbox[0]))[0] == 409


def test_there_are_five_tries_in_all(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()
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
    client = half_way()
    client.post("auth/code/resend")
    first, second = map(code_in, mailoutbox)

    if first != second:
        assert confirm(client, first)[0] == 400
    assert confirm(client, second)[0] == 200


def test_three_mails_are_enough(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()

    assert [client.post("auth/code/resend")[0] for _ in range(3)] == [200, 200, 409]
    assert len(mailoutbox) == 3


def test_who_waits_for_no_code_is_sent_none(alice: User, mailoutbox: list[EmailMessage]) -> None:
    assert AuthClient().post("auth/code/resend")[0] == 409
    assert not mailoutbox


def test_after_ten_minutes_it_is_too_late(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()
    LoginCode.objects.update(expires_at=F("expires_at") - timedelta(minutes=10))

    assert confirm(client, code_in(mailoutbox[0]))[0] == 409


def test_a_code_is_good_once(careful: User, mailoutbox: list[EmailMessage]) -> None:
    client = half_way()
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
        client = half_way()
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
    half_way()
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
    client = half_way()
    confirm(client, code_in(mailoutbox[0]))
    secret = client.get("account/authenticators/totp")[1]["meta"]["secret"]
    client.post("account/authenticators/totp", {"code": totp(secret)})
    mailoutbox.clear()

    _, body = AuthClient().log_in("alice@example.com")

    assert pending(body) == ["mfa_authenticate"]
    assert not mailoutbox


def known_device(mailoutbox: list[EmailMessage]) -> str:
    _, body = confirm(half_way(), code_in(mailoutbox[-1]))
    token: str = body["meta"]["device_token"]
    return token


def test_a_known_device_is_not_asked_again(wary: User, mailoutbox: list[EmailMessage]) -> None:
    device = known_device(mailoutbox)
    client = AuthClient()
    client.headers["X-Device-Token"] = device

    status, body = client.log_in("alice@example.com")

    assert status == 200
    assert "device_token" not in body["meta"]
    assert KnownDevice.objects.filter(user=wary).count() == 1
    half_way()


def test_always_means_always(careful: User, mailoutbox: list[EmailMessage]) -> None:
    device = known_device(mailoutbox)

    half_way(device)


def test_a_device_token_is_no_credential(wary: User, mailoutbox: list[EmailMessage]) -> None:
    device = known_device(mailoutbox)

    client = AuthClient()
    client.headers = {"X-Device-Token": device}
    assert client.get("users/me")[0] == 401
    assert client.get("auth/session")[0] == 401
    client.headers = {"X-Session-Token": device}
    assert client.get("account/email")[0] in (401, 410)
    client.headers = {"Authorization": f"Bearer {device}"}
    assert client.get("users/me")[0] == 401
    assert client.log_in("alice@example.com", "wrong-Pass-0000")[0] == 400


@pytest.mark.parametrize("token", ["dev_forged", "x", "dev_" + "A" * 43, "dev_\u00e9"])
def test_a_forged_token_is_no_known_device(wary: User, token: str) -> None:
    half_way(token)


def test_another_persons_device_is_unknown(wary: User, mailoutbox: list[EmailMessage]) -> None:
    with_password(person("bob@example.com"))
    _, body = AuthClient().log_in("bob@example.com")

    half_way(body["meta"]["device_token"])


def test_a_device_known_before_the_rule_is_unknown(
    alice: User, mailoutbox: list[EmailMessage]
) -> None:
    _, body = AuthClient().log_in("alice@example.com")

    wants(alice, "unknown_devices")

    half_way(body["meta"]["device_token"])


def test_what_ends_every_login_forgets_every_device(
    wary: User, mailoutbox: list[EmailMessage]
) -> None:
    device = known_device(mailoutbox)
    log_out_everywhere(user_id=wary.id, at=timezone.now())
    half_way(device)

    device = known_device(mailoutbox)
    client = AuthClient()
    client.headers["X-Device-Token"] = device
    client.log_in("alice@example.com")
    new = "another-Pass-1357"
    client.post("account/password/change", {"current_password": PASSWORD, "new_password": new})
    assert not KnownDevice.objects.filter(user=wary).exists()


def test_a_device_unseen_for_long_is_forgotten(wary: User, mailoutbox: list[EmailMessage]) -> None:
    device = known_device(mailoutbox)
    KnownDevice.objects.update(last_seen_at=F("last_seen_at") - timedelta(days=91))

    half_way(device)


def test_no_more_than_twenty_devices_are_known(alice: User) -> None:
    for _ in range(22):
        AuthClient().log_in("alice@example.com")

    assert KnownDevice.objects.filter(user=alice).count() == 20


def test_strangers_who_guess_do_not_keep_a_known_device_out(alice: User) -> None:
    _, body = AuthClient().log_in("alice@example.com")
    for _ in range(6):
        AuthClient().log_in("alice@example.com", "wrong-Pass-0000")
    assert AuthClient().log_in("alice@example.com")[0] == 400

    client = AuthClient()
    client.headers["X-Device-Token"] = body["meta"]["device_token"]

    assert client.log_in("alice@example.com")[0] == 200
