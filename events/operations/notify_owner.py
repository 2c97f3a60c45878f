from __future__ import annotations

import structlog
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.template.loader import render_to_string

from events.models import DisabledReason, WebhookEndpoint

logger = structlog.get_logger(__name__)

_TEMPLATE = "events/email/endpoint_disabled"


def notify_owner(endpoint: WebhookEndpoint, *, reason: DisabledReason) -> None:
    """Mail the owner that nothing is sent to their endpoint any more, and why.

    Called once that is committed. A mail that cannot be sent is logged: the event log has it.
    """
    people = get_user_model().objects.filter(pk=endpoint.owner_id, is_active=True)
    address = people.values_list("email", flat=True).first()
    if not address:
        return
    # Neither its address nor its description: nothing that a client wrote ends up in a mail.
    context = {"endpoint_id": endpoint.id, "reason": reason.value}
    subject = render_to_string(f"{_TEMPLATE}_subject.txt", context).strip()
    try:
        send_mail(subject, render_to_string(f"{_TEMPLATE}_message.txt", context), None, [address])
    except OSError as failure:
        logger.warning(
            "a notice was not sent", kind="endpoint_disabled", error=type(failure).__name__
        )
