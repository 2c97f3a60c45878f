from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from config.mail import messages


class MessageFileBackend(BaseEmailBackend):
    """Writes each mail to `EMAIL_FILE_PATH` as an `.eml` file that any mail program opens."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = [message for message in email_messages if message.recipients()]
        for message in sent:
            name = messages.file_name(datetime.now(UTC), secrets.token_hex(4))
            messages.write(Path(settings.EMAIL_FILE_PATH), name, message.message().as_bytes())
        return len(sent)
