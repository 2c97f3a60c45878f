from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

BACKEND = "config.mail.backend.MessageFileBackend"


@pytest.fixture(autouse=True)
def directory(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def send(
    subject: str = "Hello", text: str = "Text", html: str = "", to: str = "a@b.example"
) -> None:
    mail = EmailMultiAlternatives(subject, text, "from@b.example", [to])
    if html:
        mail.attach_alternative(html, "text/html")
    assert get_connection(BACKEND).send_messages([mail]) == 1


def test_a_mail_becomes_one_file_that_mail_programs_read(directory: Path) -> None:
    send("Überweisung", "Grüße", "<b>Grüße</b>")

    (file,) = directory.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.suffix == ".eml"
    assert message["Subject"] == "Überweisung"
    assert message.get_body(("plain",)).get_content().strip() == "Grüße"  # type: ignore[union-attr]


def test_a_mail_to_nobody_is_not_sent(directory: Path) -> None:
    assert get_connection(BACKEND).send_messages([EmailMultiAlternatives("S", "T")]) == 0
    assert not directory.exists()


def test_the_mailbox_is_empty_at_first() -> None:
    page = Client().get("/dev/mail/")

    assert page.status_code == 200
    assert "None yet" in page.content.decode()


def test_the_mailbox_lists_the_newest_first() -> None:
    send("First")
    send("Second")

    page = Client().get("/dev/mail/").content.decode()

    assert page.index("Second") < page.index("First")


def test_a_mail_can_be_read(directory: Path) -> None:
    send("Your code", "482913", "<p>482913</p>")
    (file,) = directory.iterdir()

    page = Client().get(f"/dev/mail/{file.name}").content.decode()

    assert "482913" in page
    assert '<iframe sandbox="" srcdoc="&lt;p&gt;482913&lt;/p&gt;' in page


def test_nothing_in_a_mail_runs(directory: Path) -> None:
    evil = '"><script>alert(1)</script>'
    send(f"S{evil}", f"T{evil}", f"H{evil}")
    (file,) = directory.iterdir()

    for path in ("/dev/mail/", f"/dev/mail/{file.name}"):
        answer = Client().get(path)
        assert "<script" not in answer.content.decode()
        assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["nothing.eml", "..%2Fstate.json", "%2Fetc%2Fpasswd", "20260101T000000000000Z-0.eml"]
)
def test_only_mails_can_be_read(directory: Path, name: str) -> None:
    send()
    (directory.parent / "state.json").write_text("secret")

    assert Client().get(f"/dev/mail/{name}").status_code == 404


def test_it_only_reads() -> None:
    assert Client().post("/dev/mail/").status_code == 405
