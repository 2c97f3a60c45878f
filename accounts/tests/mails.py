"""Reading a code out of a mail, as a person would."""

from __future__ import annotations

import re

from django.core.mail import EmailMessage

_CODE = re.compile(r"^[0-9A-Z]{4}-?[0-9A-Z]{4}$|^[0-9A-Z]{6}$", re.MULTILINE)


def code_in(mail: EmailMessage) -> str:
    found = _CODE.search(str(mail.body))
    assert found, mail.body
    return found.group()
