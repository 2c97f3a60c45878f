import pytest
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.core.mail import EmailMessage

from accounts.models import TokenFamily, User
from accounts.tests.api.auth_client import AuthClient, pending
from accounts.tests.factories import person
from accounts.tests.mails import code_in
from events.models import Event

pytestmark = pytest.mark.django_db

ADDRESS = "alice@example.com"
ALICE = {"email": "Alice@Example.com", "password": "a-Long-enough-1"}


def test_signing_up_verifying_and_being_in(mailoutbox: list[EmailMessage]) -> None:
    app = AuthClient()

    status, body = app.post("auth/signup", ALICE | {"name": "Alice", "phone": "+234 800 000 0000"})

    assert status == 401
    assert pending(body) == ["verify_email"]
    assert "access_token" not in body["meta"]
    assert mailoutbox[0].to == ["alice@example.com"]

    status, body = app.post("auth/email/verify", {"key": code_in(mailoutbox[0])})

    assert status == 200
    assert {"access_token", "refresh_token"} <= set(body["meta"])
    status, me = app.get("users/me")
    assert status == 200
    assert (me["email"], me["name"], me["role"], me["kyc_tier"]) == (
        "alice@example.com",
        "Alice",
        "user",
        0,
    )
    assert set(Event.objects.filter(owner_id=me["id"]).values_list("type", flat=True)) >= {
        "user.signed_up",
        "user.logged_in",
    }


def test_a_wrong_code_opens_nothing(mailoutbox: list[EmailMessage]) -> None:
    app = AuthClient()
    app.post("auth/signup", ALICE)

    status, body = app.post("auth/email/verify", {"key": "000000"})

    assert status == 400
    assert body["errors"][0]["code"] == "incorrect_code"
    assert not TokenFamily.objects.filter(user__email=ADDRESS).exists()


def test_a_code_is_given_five_tries(mailoutbox: list[EmailMessage]) -> None:
    app = AuthClient()
    app.post("auth/signup", ALICE)
    for _ in range(5):
        app.post("auth/email/verify", {"key": "000000"})

    status, _ = app.post("auth/email/verify", {"key": code_in(mailoutbox[0])})

    assert status == 409
    assert not TokenFamily.objects.filter(user__email=ADDRESS).exists()


def test_who_is_not_verified_cannot_log_in(mailoutbox: list[EmailMessage]) -> None:
    AuthClient().post("auth/signup", ALICE)

    status, body = AuthClient().log_in(ALICE["email"], ALICE["password"])

    assert status == 401, body
    assert pending(body) == ["verify_email"]
    assert "access_token" not in body["meta"]


def test_an_address_that_is_taken_looks_like_any_other(mailoutbox: list[EmailMessage]) -> None:
    person("alice@example.com")

    status, body = AuthClient().post("auth/signup", ALICE)

    assert status == 401
    assert pending(body) == ["verify_email"]
    assert User.objects.filter(email__iexact=ADDRESS).count() == 1
    assert mailoutbox[0].subject == "You have an account already"


@pytest.mark.parametrize("known", [True, False])
def test_an_address_that_is_taken_costs_one_hash_like_any_other(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    if known:
        person("alice@example.com")
    hashed: list[str] = []
    kind = type(get_hasher())
    encode = kind.encode

    def counted(hasher: BasePasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(hasher, password, salt))

    monkeypatch.setattr(kind, "encode", counted)
    AuthClient().post("auth/signup", ALICE)

    assert hashed == [ALICE["password"]]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1", "password_too_short"),
        ("x" * 129, "password_too_long"),
        ("1234567890", "password_too_common"),
        ("alice@example.com", "password_too_similar"),
    ],
)
def test_weak_passwords_are_refused(
    password: str, code: str, mailoutbox: list[EmailMessage]
) -> None:
    status, body = AuthClient().post("auth/signup", ALICE | {"password": password})

    assert status == 400
    assert code in {error["code"] for error in body["errors"]}
    assert {error["param"] for error in body["errors"]} == {"password"}
    assert not User.objects.filter(email=ADDRESS).exists()
    assert not mailoutbox


@pytest.mark.parametrize("phone", ["call me", "1" * 21, "+1;drop"])
def test_what_is_no_phone_number_is_refused(phone: str) -> None:
    status, _ = AuthClient().post("auth/signup", ALICE | {"phone": phone})

    assert status == 400
    assert not User.objects.filter(email=ADDRESS).exists()


def test_passwords_are_kept_as_lean_argon2id(mailoutbox: list[EmailMessage]) -> None:
    AuthClient().post("auth/signup", ALICE)

    assert User.objects.get(email=ADDRESS).password.startswith(
        "argon2$argon2id$v=19$m=19456,t=2,p=1$"
    )


def test_the_mail_has_a_text_and_an_html_part(mailoutbox: list[EmailMessage]) -> None:
    AuthClient().post("auth/signup", ALICE)

    mail = mailoutbox[0]
    html = mail.alternatives[0][0]  # type: ignore[attr-defined]
    assert code_in(mail) in html
    assert "&" not in mail.body
