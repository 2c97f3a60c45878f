"""The auditor of `script/chaos` must see each kind of harm, or it proves nothing."""

import json

import pytest

from config.chaos.client import Answer, Order, Person
from config.chaos.judge import Verdict

ALICE = Person("1000000000001", "token")
BOB = Person("1000000000002", "token")
ORDER = Order("key", ALICE, BOB.wallet, 250)
DONE = Answer(201, json.dumps({"reference": "TRF_1"}).encode(), replayed=False)
REPLAY = Answer(201, DONE.body, replayed=True)
OTHER = Answer(201, json.dumps({"reference": "TRF_2"}).encode(), replayed=False)
REFUSED = Answer(422, b"{}", replayed=False)


def test_the_amount_is_written_in_major_units() -> None:
    assert json.loads(ORDER.body())["amount"] == "2.50"
    assert json.loads(Order("k", ALICE, BOB.wallet, 7).body())["amount"] == "0.07"


@pytest.mark.parametrize(
    ("answer", "books", "harm"),
    [
        (DONE, {ORDER.mark: (1, "TRF_1")}, None),
        (DONE, {}, "acknowledged and is there 0 times"),
        (DONE, {ORDER.mark: (2, "TRF_1")}, "acknowledged and is there 2 times"),
        (DONE, {ORDER.mark: (1, "TRF_9")}, "under another reference"),
        (REFUSED, {}, None),
        (REFUSED, {ORDER.mark: (1, "TRF_1")}, "refused and is there 1 times"),
    ],
)
def test_answered_orders(
    answer: Answer, books: dict[str, tuple[int, str]], harm: str | None
) -> None:
    verdict = Verdict()

    verdict.answered(ORDER, answer, books)

    assert any(harm in sentence for sentence in verdict.wrong) if harm else not verdict.wrong


@pytest.mark.parametrize(
    ("before", "answer", "harm"),
    [
        ({}, DONE, None),
        ({}, REFUSED, None),
        ({ORDER.mark: (1, "TRF_1")}, REPLAY, None),
        ({ORDER.mark: (1, "TRF_1")}, DONE, "is no replay"),
        ({ORDER.mark: (1, "TRF_1")}, OTHER, "its retry says otherwise"),
        ({ORDER.mark: (1, "TRF_1")}, REFUSED, "its retry says otherwise"),
        ({ORDER.mark: (2, "TRF_1")}, REPLAY, "had no answer and is there 2 times"),
        ({}, None, "gets no answer"),
    ],
)
def test_retried_orders(
    before: dict[str, tuple[int, str]], answer: Answer | None, harm: str | None
) -> None:
    verdict = Verdict()

    verdict.retried(ORDER, before, answer)

    assert any(harm in sentence for sentence in verdict.wrong) if harm else not verdict.wrong


def test_balances_that_agree() -> None:
    verdict = Verdict()

    verdict.balances(
        {ALICE.wallet: 1000, BOB.wallet: 0}, {ALICE.wallet: 750, BOB.wallet: 250}, [ORDER]
    )

    assert not verdict.wrong


def test_money_that_vanished() -> None:
    verdict = Verdict()

    verdict.balances(
        {ALICE.wallet: 1000, BOB.wallet: 0}, {ALICE.wallet: 750, BOB.wallet: 249}, [ORDER]
    )

    assert verdict.wrong == [f"wallet {BOB.wallet} holds 249, and should hold 250"]
