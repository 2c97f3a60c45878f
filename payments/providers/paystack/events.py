"""What a body that Paystack signed tells us of."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from payments.providers.base import WebhookEvent

_LONGEST_KEY = 200
_ABOUT_PAYOUTS = {"transfer.success", "transfer.failed", "transfer.reversed"}


def event_of(body: bytes) -> WebhookEvent:
    """Read a signed body. They number no events: what happened to what is the identity."""
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return WebhookEvent("unreadable", digest, None)
    match message:
        case {"event": str(kind)} if not _is_plain(kind):
            return WebhookEvent("unreadable", digest, None)
        case {"event": str(kind), "data": dict(data)}:
            return WebhookEvent(
                kind=kind[:60],
                dedupe_key=_dedupe_key(kind, data) or digest,
                payment_reference=_named(data, "reference", when=kind == "charge.success"),
                refunded_payment_reference=_named(
                    data, "transaction_reference", when=kind.startswith("refund.")
                ),
                payout_reference=_named(data, "reference", when=kind in _ABOUT_PAYOUTS),
            )
        case {"event": str(kind)}:
            return WebhookEvent(kind[:60], digest, None)
        case _:
            return WebhookEvent("unreadable", digest, None)


def _dedupe_key(kind: str, data: dict[str, Any]) -> str | None:
    # A refund that is pending has no number of its own yet.
    for name in ("id", "reference", "transfer_code", "refund_reference"):
        if isinstance(data.get(name), int | str) and data[name] != "":
            key = f"{kind}:{name}={data[name]}:{data.get('status')}"
            return key if len(key) <= _LONGEST_KEY and _is_plain(key) else None
    return None


def _named(data: dict[str, Any], name: str, *, when: bool) -> str | None:
    value = data.get(name) if when else None
    return value if isinstance(value, str) and value and _is_plain(value) else None


def _is_plain(text: str) -> bool:
    """A NUL or half a surrogate pair is good JSON and no text for a database."""
    return text.isascii() and text.isprintable()
