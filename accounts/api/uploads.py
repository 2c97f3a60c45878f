"""Files that come with a request: in memory only, and no more than was announced."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.operations import LARGEST_BYTES

# What a form needs around its file.
_AROUND = 16 * 1024


class InMemory(MemoryFileUploadHandler):
    """Django puts large files on the disk, in clear; evidence of who somebody is stays off it."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class SmallForm(MultiPartParser):
    """A form with one file. Raises `RequestDataTooBig` before reading anything that is larger."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        request: Request = parser_context["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES + _AROUND:
            raise RequestDataTooBig
        handlers: list[FileUploadHandler] = [InMemory(request._request)]  # noqa: SLF001 -- DRF's own way
        request.upload_handlers = handlers
        return super().parse(stream, media_type, parser_context)


class AnythingGoes(BaseContentNegotiation):
    """For answers that are a file, whose kind is not the client's to choose."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first: BaseRenderer = next(iter(renderers))
        return first, str(first.media_type)
