"""Events, endpoints and a receiver of webhooks that notes everything, for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from events.models import Event, EventDelivery, WebhookEndpoint
from events.operations import EndpointTerms, append_event, create_endpoint, relay_events

SECRET = b"a secret of thirty-two bytes, so"


def happened(owner_id: UUID | None, type_: str = "deposit.completed", **data: Any) -> Event:
    """Append an event, as an operation would."""
    with transaction.atomic():
        return append_event(type=type_, subject="DEP_1", owner_id=owner_id, data=data)


def endpoint_of(
    owner_id: UUID, *, url: str = "https://shop.example.com/hook", types: tuple[str, ...] = ("*",)
) -> WebhookEndpoint:
    return create_endpoint(
        owner_id=owner_id,
        terms=EndpointTerms(url, types),
        secret=SECRET,
        at=timezone.now(),
    )


def queued(
    endpoint: WebhookEndpoint, type_: str = "deposit.completed", **data: Any
) -> EventDelivery:
    """Return the delivery of something that just happened to the owner of an endpoint."""
    event = happened(endpoint.owner_id, type_, **data)
    relay_events(now=timezone.now())
    return EventDelivery.objects.get(endpoint=endpoint, event=event)


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers as it is told to, and what it was sent."""

    url: str
    got: list[Received] = field(default_factory=list)
    status: int = 200
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None


@contextmanager
def receiver(*, wrap: Callable[[Any], Any] | None = None) -> Iterator[Receiver]:
    """Receive webhooks on 127.0.0.1; `wrap` puts TLS around the listening socket."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.got.append(Received(self.path, headers, body))
            if here.answer:
                here.answer(self)
                return
            self.send_response(here.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if wrap:
        server.socket = wrap(server.socket)
    here = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Clock:
    """A clock that tests set."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or timezone.now()

    def __call__(self) -> datetime:
        return self.at
