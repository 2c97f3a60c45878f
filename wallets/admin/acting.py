"""How a list's action asks for a reason first, and then does something to each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.people import actor_of
from accounts.api.transactions import in_transaction
from events import causes
from ledger.admin import ReadOnlyAdmin
from ledger.errors import LedgerRefusal
from wallets.errors import WalletRefusal


class ReasonForm(forms.Form):
    """Why something is done, for the record."""

    reason = forms.CharField(max_length=200)


def ask_first(
    admin: ReadOnlyAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    form: forms.Form,
    *,
    title: str,
    sentence: str = "",
) -> HttpResponse:
    """Answer with a page that asks what `form` asks, and then comes back to the same action."""
    context = {
        **admin.admin_site.each_context(request),
        "form": form,
        "rows": rows,
        "title": title,
        "sentence": sentence,
        "action": request.POST.get("action", ""),
        "opts": admin.opts,
    }
    return TemplateResponse(request, "wallets/act.html", context)


def for_each(request: HttpRequest, rows: QuerySet[Any], work: Callable[[Any], object]) -> None:
    """Do something to each row, in a transaction each, and say what became of it."""
    cause = causes.Cause(causes.current().request_id, actor_of(request).id)
    for row in rows:
        try:
            with causes.bind(cause):
                _one(row, work)
        except (WalletRefusal, LedgerRefusal) as refusal:
            messages.error(request, f"{row}: {refusal}")
        else:
            messages.success(request, f"{row}: done.")


def _one(row: Model, work: Callable[[Any], object]) -> None:
    in_transaction(lambda: work(row))
