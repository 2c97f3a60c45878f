"""Event streams from a real server, to clients that come, go and come again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.operations import log_out_everywhere
from accounts.tests.factories import client_of, pair_of, person
from accounts.tests.keys import key_of
from config.tests.events.sse import listening
from events import queries, streams, telling
from events.api import stream_view
from events.names import Position
from events.streams import LONGEST_QUEUE, MOST_MISSED, Frame, Hub
from events.tests.factories import happened
from events.tests.test_horizon import writer
from wallets.models import Wallet
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
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


def token(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair_of(user).access_token}"}


def transfer(payer: User, source: Wallet, target: Wallet, amount: str) -> str:
    body = {"source": source.number, "destination": target.number, "amount": amount}
    answer: Any = client_of(payer).post("/api/v1/transfers", body, format="json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["reference"])


class TestWhatIsTold:
    def test_a_transfer_to_both_with_what_they_hold_then(self, served: str) -> None:
        alice, bob, charlie = person(), person(), person()
        source, target = wallet_of(alice, holding="10.00"), wallet_of(bob)
        with (
            listening(served, token(alice)) as hers,
            listening(served, token(bob)) as his,
            listening(served, token(charlie)) as other,
        ):
            reference = transfer(alice, source, target, "2.50")
            balance, sent = hers.hear_event(), hers.hear_event()
            gained, received = his.hear_event(), his.hear_event()
            happened(charlie.id, "deposit.completed")
            first = other.hear_event()

        assert balance
        assert balance.kind == "balance.changed"
        assert balance.data == {
            "wallet": source.number,
            "currency": "NGN",
            "available": "7.50",
            "held": "0.00",
            "total": "7.50",
        }
        assert sent
        assert (sent.kind, sent.data["subject"]) == ("transfer.completed", reference)
        assert gained
        assert gained.data["total"] == "2.50"
        assert received
        assert (received.kind, received.data["data"]["amount"]) == ("transfer.received", "2.50")
        assert sent.id != received.id
        assert first
        assert first.kind == "deposit.completed"

    def test_the_headers(self, served: str) -> None:
        with listening(served, token(person())) as listener:
            headers = listener.answer.headers

        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-store"

    def test_nothing_of_logins(self, served: str) -> None:
        alice = person()
        with listening(served, token(alice)) as listener:
            happened(alice.id, "key.created")
            happened(alice.id, "payout.failed")
            said = listener.hear_event()

        assert said
        assert said.kind == "payout.failed"

    def test_it_beats_in_silence(self, served: str) -> None:
        with listening(served, token(person())) as listener:
            said = listener.hear()

        assert said
        assert said.comment == "beat"

    def test_a_key_that_may_read(self, served: str) -> None:
        alice = person()
        _, text = key_of(alice, "read")
        with listening(served, {"X-API-Key": text}) as listener:
            happened(alice.id)
            assert listener.hear_event()


class TestComingAgain:
    def test_nothing_is_missed_and_nothing_told_twice(self, served: str) -> None:
        alice, bob = person(), person()
        source, target = wallet_of(alice, holding="10.00"), wallet_of(bob)
        headers = token(bob)
        with listening(served, headers) as listener:
            transfer(alice, source, target, "1.00")
            last = listener.hear_of("transfer.received").id
        happened(bob.id, "deposit.completed", number=1)
        transfer(alice, source, target, "2.00")
        happened(bob.id, "deposit.completed", number=2)

        with listening(served, headers, last) as listener:
            happened(bob.id, "deposit.completed", number=3)
            said = [listener.hear_event() for _ in range(5)]

        kinds = [one.kind for one in said if one]
        assert kinds == [
            "balance.changed",
            "deposit.completed",
            "transfer.received",
            "deposit.completed",
            "deposit.completed",
        ]
        assert said[2]
        assert said[2].data["data"]["amount"] == "2.00"

    def test_what_was_committed_late_is_told(self, served: str) -> None:
        alice = person()
        with writer() as slow, listening(served, token(alice)) as listener:
            slow.write(alice.id)
            happened(alice.id, "payout.completed")
            quiet = listener.hear()
            slow.commit()
            said = [listener.hear_event(), listener.hear_event()]

        assert quiet
        assert quiet.kind == ""
        assert [one.kind for one in said if one] == ["deposit.completed", "payout.completed"]

    def test_too_much_was_missed(self, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(streams, "MOST_MISSED", 3)
        alice = person()
        first = happened(alice.id)
        for _ in range(5):
            happened(alice.id)
        last = telling.spell(Position(first.id))

        with listening(served, token(alice), last) as listener:
            reset = listener.hear_event()
            happened(alice.id, "payout.failed")
            after = listener.hear_event()

        assert reset
        assert reset.kind == "stream.reset"
        assert after
        assert after.kind == "payout.failed"
        assert telling.read(reset.id) > Position(first.id + 4)

    def test_a_place_in_the_middle_of_one_row(self) -> None:
        alice = person()
        source = wallet_of(alice, holding="10.00")
        target = wallet_of(alice, code="USD") and wallet_of(person())
        transfer(alice, source, target, "1.00")
        newest = queries.newest_event_id()

        again = list(streams.missed(target.owner_id, after=Position(newest, 0), upto=newest))
        done = list(streams.missed(target.owner_id, after=Position(newest, 1), upto=newest))

        assert [frame.kind for frame in again] == ["balance.changed", "transfer.received"]
        assert done == []

    @pytest.mark.parametrize("last", ["7", "evt_", "evt_" + "a" * 26, "evt_" + "!" * 26])
    def test_a_name_of_nothing(self, served: str, last: str) -> None:
        with listening(served, token(person()), last) as listener:
            problem = json.loads(listener.answer.read())

        assert (problem["status"], problem["code"]) == (400, "validation_error")


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
