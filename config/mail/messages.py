"""The mails of an embedded installation: one `.eml` file each, in one directory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_NAME = re.compile(r"\A[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}\.eml\Z")


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    subject: str
    sender: str
    to: str
    date: str
    text: str
    html: str


def file_name(at: datetime, token: str) -> str:
    """Return a name that sorts by time; `at` is in UTC and `token` eight hexadecimal digits."""
    return f"{at:%Y%m%dT%H%M%S%f}Z-{token}.eml"


def write(directory: Path, name: str, content: bytes) -> None:
    """Write one mail so that a reader sees all of it or none."""
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f".{name}.part"
    draft.write_bytes(content)
    draft.replace(directory / name)


def newest(directory: Path, limit: int) -> list[Mail]:
    """Return the latest mails, newest first."""
    names = sorted((path.name for path in directory.glob("*.eml")), reverse=True)
    found = (read(directory, name) for name in names[:limit])
    return [mail for mail in found if mail is not None]


def read(directory: Path, name: str) -> Mail | None:
    """Return one mail, None when no mail has this name."""
    if not _NAME.match(name):
        return None
    try:
        content = (directory / name).read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=policy.default)
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        date=str(message["Date"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
