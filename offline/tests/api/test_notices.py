"""Whose wallet can be spent from by a new key is told so by mail, at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import EmailMessage

from offline.messages import sign
from offline.tests.api.test_private_key import Owner
from offline.tests.phones import API, Phone

pytestmark = pytest.mark.django_db

ENROLLED = "A device was enrolled for your offline wallet"
HANDED_OUT = "The key of your offline wallet was handed out"


@pytest.fixture
def phone(mailoutbox: list[EmailMessage]) -> Phone:
    phone = Phone()
    mailoutbox.clear()
    return phone


def again(phone: Phone, **headers: str) -> Any:
    """Revoke the phone's key and enrol another one, which is called by a lure."""
    phone.client.delete(f"{API}/offline/devices/{phone.did}")
    phone.key = type(phone.key).generate()
    proof = sign(phone.possession(), phone.key).text
    body = {"wallet_id": phone.wallet.number, "proof": proof, "name": "call 0800 now"}
    url = f"{API}/offline/devices"
    return [phone.client.post(url, body, format="json", headers=headers) for _ in range(2)]


def test_enrolled_device_is_told_to_the_owner(phone: Phone, mailoutbox: list[EmailMessage]) -> None:
    again(phone)

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == (ENROLLED, [phone.owner.email])
    assert phone.wallet.number in str(mail.body)
    assert phone.key.public.key_id in str(mail.body)
    assert "from the address 127.0.0.1" in str(mail.body)
    assert "0800" not in str(mail.message()), "somebody wrote it who may be no friend of the reader"


def test_answer_that_is_given_again_is_told_once(
    phone: Phone, mailoutbox: list[EmailMessage]
) -> None:
    answers = again(phone, **{"Idempotency-Key": "enrol"})

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert [mail.subject for mail in mailoutbox] == [ENROLLED]


def test_what_was_refused_is_told_to_nobody(phone: Phone, mailoutbox: list[EmailMessage]) -> None:
    assert phone.enrol().status_code == 409
    assert phone.enrol(audience="https://elsewhere.example").status_code == 422

    assert mailoutbox == []


def test_mail_that_cannot_be_sent_takes_nothing_back(
    phone: Phone, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # Nobody listens there.

    answers = again(phone)

    assert answers[0].status_code == 201
    assert "device_enrolled, ConnectionRefusedError" in caplog.text
    assert phone.owner.email not in caplog.text


def test_key_that_is_handed_out_is_told_each_time(
    settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.OFFLINE_SERVER_KEYGEN = True
    owner = Owner()
    key = owner.key()
    jwe = owner.get().json()["jwe"]
    assert owner.acknowledge(owner.proof(key)).status_code == 201
    assert owner.get().status_code == 410

    assert [mail.subject for mail in mailoutbox] == [HANDED_OUT, HANDED_OUT, ENROLLED]
    assert {tuple(mail.to) for mail in mailoutbox} == {(owner.user.email,)}
    assert not any(jwe[:40] in str(mail.message()) for mail in mailoutbox)
