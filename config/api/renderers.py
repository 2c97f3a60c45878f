"""Writes answers: compact JSON, UTF-8."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS

_ANYTHING = (None, "*/*", "application/json", "application/json, */*")


def _spell(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise | str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def write(data: Any) -> bytes:
    """Write JSON: instants as RFC 3339 in UTC with `Z`, decimals as strings, UUIDs as text."""
    return orjson.dumps(data, default=_spell, option=_OPTIONS)


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else write(data)


class Negotiation(DefaultContentNegotiation):
    """DRF's own, past which the usual Accept headers go straight."""

    def select_renderer(
        self,
        request: Request,
        renderers: Any,
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        if request.META.get("HTTP_ACCEPT") in _ANYTHING:
            first: BaseRenderer = next(iter(renderers))
            if first.media_type == JSONRenderer.media_type:
                return first, first.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(
            request, renderers, format_suffix
        )
        return chosen
