import json

import pytest
from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.mail import EmailMessage
from django.test import Client

from accounts.tests.mails import code_in
from config.sessions import SealedSerializer

SECRET = {"code": "ABCD-EFGH", "nested": {"list": [1, None, "\u00fc"]}}


def test_what_was_written_is_read() -> None:
    seal = SealedSerializer()

    assert seal.loads(seal.dumps(SECRET)) == SECRET


def test_nothing_of_it_shows_and_no_two_are_alike() -> None:
    first, second = SealedSerializer().dumps(SECRET), SealedSerializer().dumps(SECRET)

    assert b"ABCD" not in first
    assert first != second


def test_what_was_changed_is_not_read() -> None:
    written = bytearray(SealedSerializer().dumps(SECRET))
    written[-1] ^= 1

    with pytest.raises(InvalidTag):
        SealedSerializer().loads(bytes(written))


def test_sessions_of_before_are_still_read() -> None:
    assert SealedSerializer().loads(json.dumps(SECRET).encode()) == SECRET


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("auth/signup", {"email": "alice@example.com", "password": "a-Long-enough-1"}),
        ("auth/password/request", {"email": "alice@example.com"}),
    ],
)
def test_the_database_holds_no_mailed_code(
    path: str, body: dict[str, str], mailoutbox: list[EmailMessage]
) -> None:
    if "request" in path:
        signup = {"email": "alice@example.com", "password": "a-Long-enough-1"}
        Client().post("/api/v1/auth/signup", signup, content_type="application/json")
        mailoutbox.clear()
    answer = Client().post(f"/api/v1/{path}", body, content_type="application/json")
    code = code_in(mailoutbox[-1])
    key = answer.json()["meta"]["session_token"]

    assert code in str(SessionStore(session_key=key).load())
    kept = Session.objects.get(session_key=key).session_data
    readable = signing.loads(kept, salt="django.contrib.sessions.SessionStore", serializer=_Raw)  # type: ignore[arg-type] # reads only
    assert code.encode() not in readable
    assert b"code" not in readable


class _Raw:
    def loads(self, written: bytes) -> bytes:
        return written
