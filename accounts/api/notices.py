"""Mails that tell somebody what was just done with their account, by us and not by allauth."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils import timezone
from rest_framework.request import Request

logger = logging.getLogger(__name__)


def send_notice(
    request: Request, *, email: str, template: str, folder: str = "accounts/email", **context: Any
) -> None:
    """Tell an address that something was done, when, and from where.

    Called once it is done, so a mail that cannot be sent changes no answer: it is logged. What
    was done is in the event log in any case.
    """
    adapter = get_adapter()
    told = {"timestamp": timezone.now(), "ip": adapter.get_client_ip(request), **context}
    try:
        adapter.send_mail(f"{folder}/{template}", email, told)
    except OSError as failure:
        # Also what SMTP servers refuse. An API key is shown this once: it must not be lost so.
        # By its type alone: its words may hold the address, also of somebody who was just erased.
        logger.warning("A notice was not sent: %s, %s", template, type(failure).__name__)
