"""Event streams from a real server, to clients that come, go and come again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import client_of, person
from accounts.tests.keys import key_of
from config.tests.events.sse import listening, token
from events import queries, streams, telling
from events.names import Position
from events.tests.factories import happened
from events.tests.test_horizon import writer
from wallets.models import Wallet
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


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
        # A balance is told before the event that changed it, and before those told with it.
        assert kinds.index("balance.changed") < kinds.index("transfer.received")
        kinds.remove("balance.changed")
        deposit, received = "deposit.completed", "transfer.received"
        assert kinds == [deposit, received, deposit, deposit]
        (amount,) = [one.data["data"]["amount"] for one in said if one and one.kind == received]
        assert amount == "2.00"

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
