"""Reads the query strings of wallet lists."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from wallets.api.fields import MoneyField, money_of
from wallets.histories import LineFilter

_LONGEST_TYPE = 20
_LONGEST_SEARCH = 100
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 9000


def flag(request: Request, name: str) -> bool:
    """Return whether `?name=true` is asked for; raises `ValidationError` for other words."""
    text = request.query_params.get(name, "false").lower()
    if text not in {"true", "false", "1", "0"}:
        raise ValidationError({name: ["true or false."]})
    return text in {"true", "1"}


def instant(request: Request, name: str) -> datetime | None:
    """Return an RFC 3339 instant with its offset, or None; raises `ValidationError`."""
    text = request.query_params.get(name)
    if text is None:
        return None
    # An unescaped "+" arrives as a space.
    try:
        at = parse_datetime(text.replace(" ", "+"))
        fits = at is not None and at.utcoffset() is not None
        at = at.astimezone(UTC) if at and fits else None
        fits = at is not None and _EARLIEST_YEAR <= at.year <= _LATEST_YEAR
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        raise ValidationError({name: ["An RFC 3339 instant, such as 2026-01-31T12:00:00Z."]})
    return at


def line_filter(request: Request, currency: str) -> LineFilter:
    """Return which lines of a history are asked for; raises `ValidationError`."""
    return LineFilter(
        type=(request.query_params.get("type") or "")[:_LONGEST_TYPE] or None,
        since=instant(request, "from"),
        until=instant(request, "to"),
        least_minor=_minor(request, "min_amount", currency),
        most_minor=_minor(request, "max_amount", currency),
        text=_search(request),
    )


def _search(request: Request) -> str | None:
    text = request.query_params.get("q", "").strip()
    if len(text) > _LONGEST_SEARCH:
        raise ValidationError({"q": [f"At most {_LONGEST_SEARCH} characters."]})
    return text or None


def _minor(request: Request, name: str, currency: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        amount = MoneyField().to_internal_value(text)
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from None
    return money_of(amount, currency, field=name).amount_minor
