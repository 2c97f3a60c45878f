"""Every mail that a login can bring: it is written, in both shapes, and says what it must."""

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import User
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.authenticators import SecurityKey, totp
from accounts.tests.factories import PASSWORD, person, with_password
from accounts.tests.mails import code_in
from events.models import Event

pytestmark = pytest.mark.django_db

NAMES = [
    "account/email/account_already_exists",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/email_deleted",
    "account/email/login_code",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_reset_code",
    "account/email/password_set",
    "account/email/unknown_account",
    "accounts/email/email_code_changed",
    "accounts/email/erased",
    "accounts/email/key_made",
    "accounts/email/pin_removed",
    "accounts/email/pin_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "socialaccount/email/account_connected",
    "socialaccount/email/account_disconnected",
]


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


@pytest.fixture
def app(alice: User) -> AuthClient:
    client = AuthClient()
    client.log_in("alice@example.com")
    return client


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_subject_a_text_and_a_page(name: str) -> None:
    mail = get_adapter().render_mail(
        name, "alice@example.com", {"email": "a&b@example.com", "code": "C0DE"}
    )

    assert isinstance(mail, EmailMultiAlternatives)
    (alternative,) = mail.alternatives
    html = str(alternative[0])
    assert mail.subject
    assert "\n" not in mail.subject
    assert "Purser" in f"{mail.subject} {mail.body}"
    assert "<" not in str(mail.body)
    assert html.startswith("<!DOCTYPE html>")
    assert "allauth" not in f"{html} {mail.body}"
    if "{{ code }}" in name or name.endswith(("code", "confirmation", "signup")):
        assert "C0DE" in mail.body
        assert "C0DE" in html


@pytest.mark.parametrize("name", NAMES)
def test_none_of_them_is_a_librarys(name: str) -> None:
    subject = render_to_string(f"{name}_subject.txt", {})

    assert not subject.istitle(), "allauth capitalises its subjects"


def test_a_new_address_is_told_to_both(
    app: AuthClient, alice: User, mailoutbox: list[EmailMessage]
) -> None:
    app.post("account/email", {"email": "new@example.com"})
    code = code_in(mailoutbox[-1])

    status, _ = app.post("auth/email/verify", {"key": code})

    assert status == 200
    told = [mail for mail in mailoutbox if mail.subject == "Your e-mail address was changed"]
    assert sorted(mail.to[0] for mail in told) == ["alice@example.com", "new@example.com"]
    assert all("to new@example.com" in str(mail.body) for mail in told)
    alice.refresh_from_db()
    assert alice.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.com"]
    assert Event.objects.filter(type="user.email_changed", owner_id=alice.id).count() == 1
    assert AuthClient().log_in("new@example.com")[0] == 200
    assert AuthClient().log_in("alice@example.com")[0] == 400


def test_factors_that_come_and_go_are_told_and_recorded(
    app: AuthClient,
    alice: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = app.get("account/authenticators/totp")[1]["meta"]["secret"]
        app.post("account/authenticators/totp", {"code": totp(secret)})
        app.post("account/authenticators/recovery-codes", {})
    options = app.get("account/authenticators/webauthn")[1]["data"]["creation_options"]
    key = SecurityKey().register(options)
    _, added = app.post("account/authenticators/webauthn", {"name": "K", "credential": key})
    gone = {"authenticators": [added["data"]["id"]]}
    app.send("DELETE", "account/authenticators/webauthn", gone)
    app.send("DELETE", "account/authenticators/totp")

    assert [mail.subject for mail in mailoutbox] == [
        "An authenticator app was added",
        "You have new recovery codes",
        "A security key was added",
        "A security key was removed",
        "Your authenticator app was removed",
    ]
    assert all(mail.to == ["alice@example.com"] for mail in mailoutbox)
    recorded = Event.objects.filter(owner_id=alice.id, type__startswith="user.").order_by("id")
    assert [event.data["what"] for event in recorded if "what" in event.data] == [
        "totp_activated",
        "recovery_codes_generated",
        "webauthn_added",
        "webauthn_removed",
        "totp_deactivated",
    ]


def test_a_notice_says_when_and_from_where(app: AuthClient, mailoutbox: list[EmailMessage]) -> None:
    app.post(
        "account/password/change",
        {"current_password": PASSWORD, "new_password": "another-Pass-1357"},
    )

    assert "from the address 127.0.0.1" in str(mailoutbox[-1].body)
