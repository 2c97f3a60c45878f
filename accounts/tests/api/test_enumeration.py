"""Nobody learns from our answers which addresses are known here, nor from the work they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.factories import person, with_password
from events.models import Event

pytestmark = pytest.mark.django_db

KNOWN, GOOGLERS, UNKNOWN = "alice@example.com", "grace@example.com", "nobody@example.com"
PASSWORD = "a-Long-enough-1"


@pytest.fixture(autouse=True)
def people() -> None:
    with_password(person(KNOWN))
    # Without a password, like who came from Google.
    person(GOOGLERS)


def bare(body: Any) -> Any:
    """An answer without what is different for everybody."""
    if "session_token" in body.get("meta", {}):
        return body | {"meta": body["meta"] | {"session_token": "..."}}
    return body


Answers = list[tuple[int, Any]]


def log_in(email: str) -> Answers:
    return [AuthClient().log_in(email, "wrong-Pass-0000") for _ in range(7)]


def sign_up(email: str) -> Answers:
    client = AuthClient()
    answers = [client.post("auth/signup", {"email": email, "password": PASSWORD})]
    answers += [client.post("auth/email/verify/resend") for _ in range(2)]
    answers += [client.post("account/email", {"email": "other@example.com"})]
    answers += [client.post("auth/email/verify", {"key": "WRONG-KEY"}) for _ in range(6)]
    return [*answers, client.get("auth/session")]


def reset(email: str) -> Answers:
    client = AuthClient()
    answers = [client.post("auth/password/request", {"email": email})]
    for password in ("short", email, PASSWORD, "Alice Adeyemi"):
        sent = {"key": "WRONG-KEY", "password": password}
        answers.append(client.post("auth/password/reset", sent))
    answers += [client.post("auth/password/reset", {"key": "WRONG-KEY", "password": ""})]
    answers += [client.post("auth/password/reset", {"key": "", "password": PASSWORD})]
    return [*answers, client.get("auth/session")]


def reset_by_asking(email: str) -> Answers:
    """The same by GET, which tells whether a code is right before a password is thought of."""
    client = AuthClient()
    answers = [client.post("auth/password/request", {"email": email})]
    for key in ("WRONG-KEY", "", "WRONG-KEY", "WRONG-KEY", "WRONG-KEY", "WRONG-KEY"):
        client.headers["X-Password-Reset-Key"] = key
        answers.append(client.get("auth/password/reset"))
    return answers


@pytest.mark.parametrize("known", [KNOWN, GOOGLERS])
@pytest.mark.parametrize("flow", [log_in, sign_up, reset, reset_by_asking])
def test_the_answers_are_the_same(
    flow: Callable[[str], Answers], known: str, mailoutbox: list[EmailMessage]
) -> None:
    mine = [(status, bare(body)) for status, body in flow(known)]
    mails = len(mailoutbox)
    nobodys = [(status, bare(body)) for status, body in flow(UNKNOWN)]

    assert mine == nobodys
    assert all(status < 500 for status, _ in mine)
    assert len(mailoutbox) == 2 * mails


@pytest.mark.parametrize("email", [KNOWN, GOOGLERS, UNKNOWN, "no address"])
def test_one_password_is_hashed_at_each_login(
    hashed: list[str], email: str, mailoutbox: list[EmailMessage]
) -> None:
    AuthClient().log_in(email, "wrong-Pass-0000")

    assert len(hashed) == (1 if "@" in email else 0)


@pytest.mark.parametrize("email", [KNOWN, GOOGLERS, UNKNOWN])
def test_one_password_is_hashed_at_each_sign_up(
    hashed: list[str], email: str, mailoutbox: list[EmailMessage]
) -> None:
    AuthClient().post("auth/signup", {"email": email, "password": PASSWORD})

    assert len(hashed) == 1


def test_what_is_done_for_a_taken_address_is_undone(mailoutbox: list[EmailMessage]) -> None:
    def counted() -> list[int]:
        return [kind.objects.count() for kind in (User, EmailAddress, Event)]

    before = counted()
    AuthClient().post("auth/signup", {"email": KNOWN, "password": PASSWORD})

    assert counted() == before
    assert [mail.to for mail in mailoutbox] == [[KNOWN]]


@pytest.mark.parametrize("email", [KNOWN, GOOGLERS, UNKNOWN])
def test_none_is_hashed_when_a_reset_is_asked_for(
    hashed: list[str], email: str, mailoutbox: list[EmailMessage]
) -> None:
    AuthClient().post("auth/password/request", {"email": email})

    assert not hashed


def test_the_back_office_tells_as_little(hashed: list[str]) -> None:
    staff = with_password(person("staff@example.com", role="staff"))
    hashed.clear()
    pages = []
    for email in (staff.email, KNOWN, UNKNOWN):
        page = Client().post("/admin/login/", {"username": email, "password": "wrong-Pass-0000"})
        pages.append(page.content.decode().replace(email, "...").split("csrfmiddlewaretoken"))

    assert len(hashed) == 3
    assert len({page[0] for page in pages}) == 1
    assert User.objects.filter(last_login=None).count() == 3
