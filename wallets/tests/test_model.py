"""Wallets against a model of them, over the API, with requests sent twice at the same instant.

`PURSER_MODEL_RUNS` (2) is how many stories are told, `PURSER_MODEL_STEPS` (20) how long each may
be, and `PURSER_MODEL_SEED` tells the same ones again: the seed is printed when a test fails.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wallets.tests.books import broken_books
from wallets.tests.model import DONE, SetAside
from wallets.tests.stories import NAIRA, ROOMY, SHARES, Transfers, amount_of, judge
from wallets.tests.world import at_once, minor_of, spell

RUNS = int(os.environ.get("PURSER_MODEL_RUNS", "2"))
STEPS = int(os.environ.get("PURSER_MODEL_STEPS", "20"))
SEED = int(os.environ.get("PURSER_MODEL_SEED", random.SystemRandom().randrange(2**32)))


class Wallets(Transfers):
    def __init__(self) -> None:
        super().__init__()
        self.broken_before = broken_books()

    # Holds

    @rule(owner=NAIRA, share=SHARES)
    def hold(self, owner: str, share: int) -> None:
        book = self.books[owner]
        amount = amount_of(share, book.available)
        refused = book.refuses_debit(amount)

        response = self.world.post(
            owner, f"wallets/{book.number}/holds", {"amount": spell(amount, book.currency)}
        )

        judge(response, refused)
        if not refused:
            self.aside.append(SetAside(response.json()["reference"], book, amount))

    @precondition(lambda self: self.aside)
    @rule(data=st.data(), receiver=ROOMY, share=SHARES, times=st.integers(1, 2))
    def capture(self, data: st.DataObject, receiver: str, share: int, times: int) -> None:
        hold, taker = data.draw(st.sampled_from(self.aside)), self.books[receiver]
        amount = amount_of(share, hold.left)
        body = {"destination": taker.number, "amount": spell(amount, "NGN")}
        path = f"holds/{hold.reference}/capture"

        answers = at_once([lambda: self.world.post(hold.book.owner, path, body)] * times)

        for answer in sorted(answers, key=lambda found: found.status_code):
            refused = hold.refuses_capture(amount, taker)
            judge(answer, refused)
            if not refused:
                hold.capture(amount, taker)

    @precondition(lambda self: self.aside)
    @rule(data=st.data(), times=st.integers(1, 3))
    def release(self, data: st.DataObject, times: int) -> None:
        hold = data.draw(st.sampled_from(self.aside))
        path = f"holds/{hold.reference}/release"

        answers = at_once([lambda: self.world.post(hold.book.owner, path, {})] * times)

        done = sum(answer.status_code == 200 for answer in answers)
        assert done == (1 if hold.is_open else 0), [answer.content for answer in answers]
        if done:
            hold.release()

    # What staff stop

    @rule(owner=NAIRA, debits=st.booleans())
    def freeze(self, owner: str, debits: bool) -> None:  # noqa: FBT001 -- drawn by name
        book = self.books[owner]
        body = {"debits": debits, "credits": not debits, "reason": "a story"}

        assert self.world.post("staff", f"wallets/{book.number}/freeze", body).status_code == 200

        book.no_debits, book.no_credits = debits, not debits

    @rule(owner=NAIRA)
    def unfreeze(self, owner: str) -> None:
        book = self.books[owner]
        frozen = book.no_debits or book.no_credits

        response = self.world.post("staff", f"wallets/{book.number}/unfreeze", {"reason": "over"})

        judge(response, DONE if frozen else frozenset({"wallet_not_frozen"}))
        book.no_debits = book.no_credits = False

    # Exchanges

    @rule(dollars=st.integers(1, 5_000), sells=st.booleans())
    def convert(self, dollars: int, sells: bool) -> None:  # noqa: FBT001 -- drawn by name
        ends = [self.books["rich"], self.books["bob"]]
        source, target = ends if sells else ends[::-1]
        side = "source" if sells else "target"
        quote = self.world.post(
            "bob",
            "fx/quotes",
            {
                "source_currency": source.currency,
                "target_currency": target.currency,
                f"{side}_amount": spell(dollars, "USD"),
            },
        ).json()
        paid = minor_of(quote["source_amount"], source.currency)
        body = {"quote": quote["id"], "source": source.number, "destination": target.number}
        refused = source.refuses_debit(paid)
        if target.no_credits:
            refused |= {"wallet_not_active"}

        answers = at_once([lambda: self.world.post("bob", "fx/conversions", body)] * 2)

        made = [answer for answer in answers if answer.status_code == 201]
        assert len(made) == (0 if refused else 1), [answer.content for answer in answers]
        if made:
            source.total -= paid
            target.total += minor_of(quote["target_amount"], target.currency)

    # What must hold after each step

    @invariant()
    def balances_are_the_models(self) -> None:
        for book in self.books.values():
            found = self.world.get(book.owner, f"wallets/{book.number}/balance")
            assert {name: found[name] for name in ("available", "held", "total")} == {
                "available": spell(book.available, book.currency),
                "held": spell(book.held, book.currency),
                "total": spell(book.total, book.currency),
            }, book

    @invariant()
    def rules_of_the_model_hold(self) -> None:
        assert all(0 <= book.held <= book.total for book in self.books.values())
        assert all(0 <= sent.given_back <= sent.amount for sent in self.sent)
        assert all(0 <= hold.left <= hold.amount for hold in self.aside)

    def teardown(self) -> None:
        for book in self.books.values():
            statement = self.world.get(book.owner, f"wallets/{book.number}/statement")
            lines = sum(minor_of(line["amount"], book.currency) for line in statement["lines"])
            assert minor_of(statement["opening_balance"], book.currency) + lines == book.total
            assert statement["closing_balance"] == spell(book.total, book.currency)
        assert broken_books() == self.broken_before


@pytest.mark.usefixtures("committed_db")
def test_wallets_do_what_their_model_does() -> None:
    print(f"PURSER_MODEL_SEED={SEED}")  # noqa: T201 -- to tell the same stories again
    machine = seed(SEED)(Wallets)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # a story is slow to tell: it is not told shorter
        ),
    )
