"""The line goes dead after the server has done what it was asked: nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest

from offline.device.errors import ServerAway
from offline.device.server import Answer, Server
from offline.models import Certificate
from offline.tests.device.online import Phone, pay
from wallets.tests.factories import holds

pytestmark = pytest.mark.usefixtures("committed_db")


def lose_answers(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Let the server do what it is asked there, and the answer never arrive."""
    answered = Server.status_and_answer

    def lost(self: Server, *call: Any) -> tuple[int, Answer]:
        answer = answered(self, *call)
        if path in call[1]:
            raise ServerAway("The line went dead.")
        return answer

    monkeypatch.setattr(Server, "status_and_answer", lost)


def test_a_certificate_whose_answer_was_lost_is_asked_for_again(
    phones: list[Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, _ = phones
    alice.done("close")
    with monkeypatch.context() as line:
        lose_answers(line, "/offline/certificates")
        assert alice("load", "120.00") == 1
    assert "server_away" in alice.err
    assert len(alice.wallet().spendings) == 1

    # Whatever is said now, it is that certificate which comes.
    alice.done("load", "7.00")

    assert "Asking again for 120.00 NGN." in alice.err
    newest = alice.wallet().newest
    assert newest is not None
    assert newest.certificate.limits.cumulative_minor == 12_000
    assert Certificate.objects.filter(wallet=alice.row).count() == 2
    pay(alice, bob, "120.00")
    assert "settled" in bob.done("sync")


def test_a_certificate_that_was_refused_is_not_asked_for_again(phones: list[Phone]) -> None:
    alice = phones[0]
    alice.done("close")
    assert alice("load", "2000.01") == 1
    assert alice.wallet().loading is None

    alice.done("load", "10.00")

    newest = alice.wallet().newest
    assert newest is not None
    assert newest.certificate.limits.cumulative_minor == 1_000


def test_a_promise_whose_answer_was_lost_is_given_again(
    phones: list[Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = phones[0]
    with monkeypatch.context() as line:
        lose_answers(line, "/close")
        assert alice("close") == 1

    alice.done("close")
    alice.done("load", "10.00")


def test_vouchers_whose_answer_was_lost_are_handed_in_again(
    phones: list[Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, _ = phones
    pay(alice, bob, "100.00")
    with monkeypatch.context() as line:
        lose_answers(line, "/sync")
        assert bob("sync") == 1
    assert holds(bob.row) == "100.00"

    assert "settled" in bob.done("sync")
    assert holds(bob.row) == "100.00"
