from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from events import queries, telling
from events.api.views import caller_id
from events.names import Position
from events.streams import Frame, Hub, Stream, hub, missed

CONTENT_TYPE = "text/event-stream"
BEAT_SECONDS = 15.0
_RECONNECT_MS = 2000
_JOIN_SECONDS = 20.0


class _Negotiation(BaseContentNegotiation):
    """Streams are what they are, and refusals are JSON, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer: BaseRenderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class StreamView(APIView):
    """The caller's events as they happen, and what their wallets hold then.

    Each stream ends after some minutes, when its credential does, or when it is too slow. A
    client comes again by itself, with the id of the last event it heard in `Last-Event-ID`, and
    misses nothing.
    """

    scope = "read"
    content_negotiation_class = _Negotiation

    @extend_schema(
        operation_id="events_stream",
        parameters=[
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        begin = _begin(request)
        streams = hub()
        stream = streams.open(caller_id(request))
        if not connection.in_atomic_block:
            # Its thread is this client's from here on; the connection would be idle all the time.
            connection.close()
        said = Saying(streams, stream, begin=begin, ends=_ends(request), known=_known(self))
        response = StreamingHttpResponse(said, content_type=CONTENT_TYPE)
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"  # nginx would keep it until it is long enough
        return response


class Saying:
    """The bytes of one stream. Closed, begun or not, it gives its place to somebody else."""

    def __init__(
        self,
        streams: Hub,
        stream: Stream,
        *,
        begin: Position,
        ends: float,
        known: Callable[[], bool],
    ) -> None:
        self._streams, self._stream = streams, stream
        self._begin, self._ends, self._known = begin, ends, known
        self._words = self._say()

    def __iter__(self) -> Saying:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._words)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._streams.close(self._stream)

    def _say(self) -> Iterator[bytes]:
        yield f"retry: {_RECONNECT_MS}\n\n".encode()
        joined = self._stream.wait_to_join(_JOIN_SECONDS)
        if joined is None:
            return
        yield b": joined\n\n"
        for frame in _missed(self._stream, self._begin, joined):
            yield write(frame)
        while not self._stream.lost and (left := self._ends - monotonic()) > 0:
            heard = self._stream.take(min(BEAT_SECONDS, left))
            for frame in heard:
                if frame.position is None or frame.position > self._begin:
                    yield write(frame)
            if not heard:
                yield b": beat\n\n"
                if not self._known():
                    return


def write(frame: Frame) -> bytes:
    """Write a frame as the standard has it. JSON holds no line break of its own."""
    data = json.dumps(frame.document, cls=DjangoJSONEncoder, separators=(",", ":"))
    name = f"id: {telling.spell(frame.position)}\n" if frame.position else ""
    return f"{name}event: {frame.kind}\ndata: {data}\n\n".encode()


def _missed(stream: Stream, begin: Position, joined: int) -> list[Frame]:
    try:
        return list(missed(stream.owner_id, after=begin, upto=joined))
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _begin(request: Request) -> Position:
    """Where the client left off, or else now. Raises `UnknownPosition`."""
    last = request.META.get("HTTP_LAST_EVENT_ID", "")
    return telling.read(last) if last else Position(queries.newest_event_id(), 2**16 - 1)


def _ends(request: Request) -> float:
    """When the stream ends by the clock that only goes on: with its token, or earlier."""
    seconds: float = settings.STREAM_SECONDS
    expires_at = getattr(request.auth, "expires_at", None)
    if expires_at is not None:
        seconds = min(seconds, expires_at - time())
    return monotonic() + seconds


def _known(view: APIView) -> Callable[[], bool]:
    """Return what says whether the credential is still good, which it was a moment ago."""
    request = view.request

    def known() -> bool:
        try:
            return any(each.authenticate(request) for each in view.get_authenticators())
        except (APIException, DatabaseError):
            return False
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return known
