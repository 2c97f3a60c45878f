from __future__ import annotations

from collections.abc import Iterator

import pytest

from events import streams
from events.api import stream_view
from events.streams import Hub
from events.tests.leftovers import nothing_left_over

__all__ = ["nothing_left_over"]


@pytest.fixture(autouse=True)
def hub(nothing_left_over: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub of its own for each test, in more of a hurry than the real one."""
    streams.hub.cache_clear()
    monkeypatch.setattr(streams, "PERIOD_SECONDS", 0.02)
    monkeypatch.setattr(stream_view, "BEAT_SECONDS", 0.2)
    made = Hub(most=6, most_of_one=3, period=0.02)
    monkeypatch.setattr(stream_view, "hub", lambda: made)
    yield made
    reader = made._reader
    for stream in list(made._streams):
        stream.lose()
        made.close(stream)
    if reader:
        reader.join(10)
