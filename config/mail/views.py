"""The mailbox of an embedded installation, for whoever tries it in a browser."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.mail import messages

_SHOWN = 200
# What is shown came from outside: it may style itself, and do nothing else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    mails = messages.newest(Path(settings.EMAIL_FILE_PATH), _SHOWN)
    return _page(request, "dev_mail/mailbox.html", {"mails": mails, "shown": _SHOWN})


@require_GET
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = messages.read(Path(settings.EMAIL_FILE_PATH), name)
    if found is None:
        raise Http404
    return _page(request, "dev_mail/mail.html", {"mail": found})


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, template, context)
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "no-store"
    return response
