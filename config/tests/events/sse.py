"""A client of event streams, for tests."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from accounts.models import User
from accounts.tests.factories import pair_of

PATH = "/api/v1/events/stream"


@dataclass(frozen=True)
class Said:
    """One event of a stream; `kind` is empty for comments and the like."""

    kind: str = ""
    id: str = ""
    data: Any = None
    comment: str = ""


class Listener:
    """Reads one stream."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer

    def hear(self) -> Said | None:
        """Return what is said next, None when the stream has ended."""
        fields: dict[str, str] = {}
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            if not text:
                return Said(
                    fields.get("event", ""),
                    fields.get("id", ""),
                    json.loads(fields["data"]) if "data" in fields else None,
                    fields.get("", ""),
                )
            name, _, value = text.partition(":")
            fields[name] = value.removeprefix(" ")
        return None

    def hear_event(self) -> Said | None:
        """Return the next event, passing over comments."""
        while (said := self.hear()) is not None and not said.kind:
            pass
        return said

    def hear_of(self, kind: str) -> Said:
        """Return the next event of this kind."""
        while (said := self.hear_event()) is not None:
            if said.kind == kind:
                return said
        raise AssertionError(f"the stream ended without {kind}")


@contextmanager
def listening(server: str, headers: dict[str, str], last: str = "") -> Iterator[Listener]:
    """Open a stream; inside the block it has joined, or was refused."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=20)
    more = {"Last-Event-ID": last} if last else {}
    connection.request("GET", PATH, headers={"Accept": "text/event-stream", **headers, **more})
    answer = connection.getresponse()
    listener = Listener(answer)
    if answer.status == 200:
        while (said := listener.hear()) is not None and said.comment != "joined":
            pass
    try:
        yield listener
    finally:
        answer.close()
        connection.close()


def token(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair_of(user).access_token}"}
