"""Answers that are files: asked for by `Accept` or by `?format=`, sent piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings

CSV, PDF, JSON = "csv", "pdf", "json"


class _FileRenderer(BaseRenderer):
    """Stands for a kind of file in the choice of an answer. What it writes itself is refusals."""

    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        usual: Any = usual_renderers()[0]()
        written: bytes = usual.render(data, usual.media_type, renderer_context)
        return written


class CsvRenderer(_FileRenderer):
    media_type = "text/csv"
    format = CSV


class PdfRenderer(_FileRenderer):
    media_type = "application/pdf"
    format = PDF


def usual_renderers() -> list[type[BaseRenderer]]:
    """Return what a view renders that declares nothing."""
    found: Any = api_settings.DEFAULT_RENDERER_CLASSES
    return list(found)


def format_asked(request: Request, *, known: tuple[str, ...]) -> str:
    """Return the format of the query string, or else of the `Accept` header.

    Raises `ValidationError` for one that is not known.
    """
    asked: str = request.query_params.get("format", request.accepted_renderer.format)
    if asked not in known:
        raise ValidationError({"format": [f"One of: {', '.join(known)}."]})
    return asked


def csv_file(pieces: Iterator[str], *, name: str) -> StreamingHttpResponse:
    """Send CSV as it is made.

    The first piece is made before anything is sent, so that what cannot be read is refused in
    the usual way.
    """
    begun = chain([next(pieces)], pieces)
    return StreamingHttpResponse(
        (piece.encode() for piece in begun),
        content_type="text/csv; charset=utf-8",
        headers=_headers(name),
    )


def pdf_file(content: bytes, *, name: str) -> HttpResponse:
    """Send a PDF."""
    return HttpResponse(content, content_type="application/pdf", headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }
