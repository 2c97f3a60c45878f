from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from accounts.models import KnownDevice, User
from accounts.operations import log_out_everywhere, update_profile
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.two_steps import confirm, half_way_by_mail
from accounts.tests.factories import PASSWORD, person, with_password
from accounts.tests.mails import code_in

pytestmark = pytest.mark.django_db


def known_device(mailoutbox: list[EmailMessage]) -> str:
    _, body = confirm(half_way_by_mail(), code_in(mailoutbox[-1]))
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
    half_way_by_mail()


def test_always_means_always(careful: User, mailoutbox: list[EmailMessage]) -> None:
    device = known_device(mailoutbox)

    half_way_by_mail(device)


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
    half_way_by_mail(token)


def test_another_persons_device_is_unknown(wary: User, mailoutbox: list[EmailMessage]) -> None:
    with_password(person("bob@example.com"))
    _, body = AuthClient().log_in("bob@example.com")

    half_way_by_mail(body["meta"]["device_token"])


def test_a_device_known_before_the_rule_is_unknown(
    alice: User, mailoutbox: list[EmailMessage]
) -> None:
    _, body = AuthClient().log_in("alice@example.com")

    update_profile(user_id=alice.id, email_code="unknown_devices")

    half_way_by_mail(body["meta"]["device_token"])


def test_what_ends_every_login_forgets_every_device(
    wary: User, mailoutbox: list[EmailMessage]
) -> None:
    device = known_device(mailoutbox)
    log_out_everywhere(user_id=wary.id, at=timezone.now())
    half_way_by_mail(device)

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

    half_way_by_mail(device)


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
