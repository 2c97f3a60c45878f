"""Streams are few, and each comes to an end."""

from __future__ import annotations

import json
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.operations import log_out_everywhere
from accounts.tests.factories import person
from config.tests.events.sse import listening, token
from events import streams
from events.api import stream_view
from events.streams import LONGEST_QUEUE, MOST_MISSED, Frame, Hub

pytestmark = pytest.mark.usefixtures("committed_db")


class TestBounds:
    def test_so_many_of_one_person(self, served: str) -> None:
        headers = token(person())
        with (
            listening(served, headers),
            listening(served, headers),
            listening(served, headers) as third,
        ):
            with listening(served, headers) as fourth:
                assert fourth.answer.status == 429
                assert fourth.answer.headers["Retry-After"] == "5"
                assert json.loads(fourth.answer.read())["code"] == "too_many_streams"
            assert third.hear()

    def test_so_many_in_a_process(self, served: str) -> None:
        alice, bob, charlie = (token(person()) for _ in range(3))
        with (
            listening(served, alice),
            listening(served, alice),
            listening(served, alice),
            listening(served, bob),
            listening(served, bob),
            listening(served, bob),
            listening(served, charlie) as refused,
        ):
            assert refused.answer.status == 503
            assert json.loads(refused.answer.read())["code"] == "no_stream_free"

    def test_who_leaves_makes_room(self, served: str, hub: Hub) -> None:
        headers = token(person())
        for _ in range(7):
            with listening(served, headers) as listener:
                assert listener.answer.status == 200
            deadline = monotonic() + 10
            while hub._current() and monotonic() < deadline:
                pass

    def test_it_ends_after_a_while(self, served: str, hub: Hub, settings: Any) -> None:
        settings.STREAM_SECONDS = 0.3
        with listening(served, token(person())) as listener:
            while listener.hear():
                pass

        assert hub._current() == []

    def test_it_ends_with_its_token(self, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
        ahead = timezone.now() + timedelta(minutes=14, seconds=59)
        monkeypatch.setattr(stream_view, "time", ahead.timestamp)
        with listening(served, token(person())) as listener:
            begun = monotonic()
            while listener.hear():
                pass

        assert monotonic() - begun < 5

    def test_it_ends_when_its_credential_is_revoked(self, served: str) -> None:
        alice = person()
        with listening(served, token(alice)) as listener:
            log_out_everywhere(user_id=alice.id, at=timezone.now())
            while listener.hear():
                pass

    def test_who_is_too_slow_loses_the_stream(self, hub: Hub) -> None:
        stream = hub.open(person().id)
        frame = Frame("deposit.completed", {})

        lost = []
        for frames in ([frame] * LONGEST_QUEUE, [frame]):
            stream.push(frames)
            lost.append(stream.lost)

        assert lost == [False, True]

    def test_nobody_unknown(self, served: str) -> None:
        for headers in ({}, {"Authorization": "Bearer x"}):
            with listening(served, headers) as listener:
                assert listener.answer.status == 401
                assert listener.answer.headers["Content-Type"] == "application/problem+json"

    def test_the_reader_goes_with_the_last_stream_and_comes_with_the_next(self) -> None:
        hub = Hub(most=2, most_of_one=2, period=0.02)
        owner = person().id
        for _ in range(3):
            stream = hub.open(owner)
            assert stream.wait_to_join(10) is not None
            reader = hub._reader
            hub.close(stream)
            assert reader
            reader.join(10)
            assert not reader.is_alive()

    def test_an_unexpected_end_of_the_reader_ends_the_streams(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any) -> int:
            raise ZeroDivisionError

        hub = Hub(most=2, most_of_one=2, period=0.02)
        monkeypatch.setattr(Hub, "_look", fail)
        monkeypatch.setattr("events.streams.Thread.start", lambda _: None)
        stream = hub.open(person().id)
        monkeypatch.setattr(streams, "current_thread", lambda: hub._reader)

        with pytest.raises(ZeroDivisionError):
            hub._run()

        assert stream.wait_to_join(10) is None
        assert hub._reader is None


def test_what_was_missed_is_bounded() -> None:
    assert MOST_MISSED <= LONGEST_QUEUE
