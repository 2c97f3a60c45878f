"""Signed messages laid out for a person, each with the verdict on its signature."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ledger.money import Money, currency
from offline.messages import Jws, MessageRefusal, PublicKey, strict_json

_NAMES = {
    "amt": "amount",
    "aud": "audience",
    "cha": "challenge",
    "crt": "certificate",
    "ctr": "counter",
    "cum": "spent with this one",
    "cur": "currency",
    "dec": "decimals",
    "did": "device",
    "exp": "expires",
    "fdv": "payer's device",
    "frm": "payer",
    "head": "last voucher",
    "iat": "made",
    "iss": "issuer",
    "jti": "certificate",
    "lim": "limits",
    "mem": "memo",
    "nam": "name shown",
    "nbf": "not before",
    "non": "nonce",
    "prv": "previous",
    "rid": "request",
    "rqh": "id of the request",
    "sdl": "submit until",
    "sts": "status",
    "tdv": "payee's device",
    "to": "payee",
    "txn": "transaction",
    "vid": "voucher",
    "wal": "wallet",
}
_TIMES = frozenset({"iat", "exp", "nbf", "sdl", "nxt"})
_AMOUNTS = frozenset({"amt", "cum"})


def laid_out(text: str, key: PublicKey | None) -> SafeString:
    """A table of what a message says, under a line about its signature."""
    if not text:
        return SafeString("—")
    try:
        jws = Jws.read(text)
        members = strict_json.read(jws.payload)
    except MessageRefusal as refusal:
        return format_html("<strong>Not a message: {}</strong>", refusal)
    rows = format_html_join(
        "",
        "<tr><th>{}</th><td>{}</td></tr>",
        ((_NAMES.get(name, name), _spelt(name, members)) for name in members if name != "v"),
    )
    return format_html(
        "<p>{} {} · {}</p><table>{}</table><details><summary>as signed</summary>"
        "<code style='word-break:break-all'>{}</code></details>",
        jws.typ,
        verdict(jws, key),
        jws.vid,
        rows,
        text,
    )


def verdict(jws: Jws, key: PublicKey | None) -> str:
    """Whether the signature holds, in words."""
    if key is None:
        return "— signed by a key that is not known here"
    try:
        jws.verify(key)
    except MessageRefusal:
        return "— the signature does NOT hold"
    return "— the signature holds"


def link(view: str, key: object, text: object) -> SafeString:
    """A link to a row's page."""
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:offline_{view}_change", args=[key]), text
    )


def money(minor: int, code: str) -> str:
    return str(Money(minor, currency(code)))


def _spelt(name: str, members: dict[str, Any]) -> str:
    value = members[name]
    if name in _TIMES and isinstance(value, int) and 0 <= value < 4_102_444_800:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    if name in _AMOUNTS and isinstance(value, int):
        return f"{value} minor units"
    if name in {"lim", "key"} and isinstance(value, dict):
        return ", ".join(f"{part} {str(number)[:24]}" for part, number in value.items())
    return str(value)
