"""Stories of transfers, each step judged by the model: half of the machine of `test_model`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from wallets.operations import settle_transits
from wallets.tests.model import Book, Refusal, Sent, SetAside, Stage
from wallets.tests.rates import rates
from wallets.tests.world import World, at_once, spell

NAIRA = st.sampled_from(["alice", "bob", "carol", "dave"])
# What nobody of the middle tier is ever too small for.
ROOMY = st.sampled_from(["alice", "bob", "carol"])
# A share of what there is: all of it, a unit more, or some.
SHARES = st.one_of(st.just(0), st.just(-1), st.integers(1, 20_000))


def amount_of(share: int, whole: int) -> int:
    """Turn a share into an amount above zero."""
    return max(1, whole if share == 0 else whole + 1 if share == -1 else share)


class Transfers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.books = self.world.books
        self.sent: list[Sent] = []
        self.aside: list[SetAside] = []
        self.keys = 0
        rates()

    @rule(sender=NAIRA, receiver=NAIRA, share=SHARES, keyed=st.booleans())
    def transfer(self, sender: str, receiver: str, share: int, keyed: bool) -> None:  # noqa: FBT001
        giver, taker = self.books[sender], self.books[receiver]
        amount = amount_of(share, giver.available)
        refused = _refuses_transfer(giver, taker, amount)

        response = self._send(giver, taker.number, amount, self._key() if keyed else None)

        judge(response, refused)
        if not refused:
            self._note(response, giver, taker, amount)

    @rule(sender=NAIRA, receiver=NAIRA, share=SHARES)
    def transfer_twice_with_one_key(self, sender: str, receiver: str, share: int) -> None:
        key = self._key()
        giver, taker = self.books[sender], self.books[receiver]
        amount = amount_of(share, giver.available)
        refused = _refuses_transfer(giver, taker, amount)

        answers = at_once([lambda: self._send(giver, taker.number, amount, key)] * 2)
        again = self._send(giver, taker.number, amount, key)

        for answer in answers:
            if answer.status_code != 409:
                assert answer.content == again.content
        assert again["Idempotent-Replayed"] == "true"
        judge(again, refused)
        if not refused:
            self._note(again, giver, taker, amount)

    @rule(sender=NAIRA, receiver=NAIRA, share=SHARES)
    def transfer_two_at_once(self, sender: str, receiver: str, share: int) -> None:
        giver, taker = self.books[sender], self.books[receiver]
        amount = amount_of(share, giver.available)

        answers = at_once([lambda: self._send(giver, taker.number, amount, None)] * 2)

        for answer in sorted(answers, key=lambda found: found.status_code):
            refused = _refuses_transfer(giver, taker, amount)
            judge(answer, refused)
            if not refused:
                stage = Stage(answer.json()["status"])
                self._note(answer, giver, taker, amount, stage=stage)

    @rule(sender=ROOMY, receiver=ROOMY, share=SHARES)
    def transfer_to_an_address(self, sender: str, receiver: str, share: int) -> None:
        giver, taker = self.books[sender], self.books[receiver]
        amount = amount_of(share, giver.available)
        refused = giver.refuses_debit(amount)
        if sender == receiver:
            return

        response = self._send(giver, self.world.people[receiver].email, amount, None)

        judge(response, refused)
        if not refused:
            self._note(response, giver, taker, amount, to_email=True)

    @precondition(lambda self: self._waiting(to_email=True))
    @rule(data=st.data())
    def claim_and_cancel_at_once(self, data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(self._waiting(to_email=True)))
        path = f"transfers/{sent.reference}"
        back_refused = sent.source.no_credits

        claimed, cancelled = at_once(
            [
                lambda: self.world.post(sent.target.owner, f"{path}/claim", {}),
                lambda: self.world.post(sent.source.owner, f"{path}/cancel", {}),
            ]
        )

        won = [answer for answer in (claimed, cancelled) if answer.status_code == 200]
        if sent.target.no_credits and back_refused:
            assert won == []
            return
        assert len(won) == 1, (claimed.content, cancelled.content)
        if won[0] is claimed:
            assert not sent.target.no_credits
            sent.arrive()
        else:
            assert not back_refused
            sent.go_back()

    @precondition(lambda self: self._waiting())
    @rule(data=st.data(), times=st.integers(1, 3))
    def cancel(self, data: st.DataObject, times: int) -> None:
        sent = data.draw(st.sampled_from(self._waiting()))
        path = f"transfers/{sent.reference}/cancel"

        answers = at_once([lambda: self.world.post(sent.source.owner, path, {})] * times)

        done = any(answer.status_code == 200 for answer in answers)
        assert done != sent.source.no_credits, [answer.content for answer in answers]
        if done:  # once, however many were told of it
            sent.go_back()

    @rule()
    def settle(self) -> None:
        """The sweep delivers what waited for room or for a thaw, and nothing else."""
        settle_transits(now=timezone.now())

        for sent in self._waiting():
            found = self.world.get(sent.source.owner, f"transfers/{sent.reference}")
            if found["status"] == Stage.COMPLETED:
                assert sent.target.takes(sent.amount)
                sent.arrive()
            else:
                assert found["status"] == Stage.PENDING
                assert sent.to_email or not sent.target.takes(sent.amount)

    @precondition(lambda self: self._reversible())
    @rule(data=st.data(), share=SHARES, times=st.integers(1, 2))
    def reverse(self, data: st.DataObject, share: int, times: int) -> None:
        sent = data.draw(st.sampled_from(self._reversible()))
        amount = amount_of(share, sent.left)
        body = {"amount": spell(amount, "NGN"), "reason": "a story"}
        path = f"transfers/{sent.reference}/reverse"

        answers = at_once([lambda: self.world.post("staff", path, body)] * times)

        for answer in sorted(answers, key=lambda found: found.status_code):
            refused = sent.refuses_reversal(amount)
            judge(answer, refused)
            if not refused:
                sent.reverse(amount)

    def _key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def _send(self, giver: Book, destination: str, amount: int, key: str | None) -> Any:
        body = {
            "source": giver.number,
            "destination": destination,
            "amount": spell(amount, giver.currency),
        }
        return self.world.post(giver.owner, "transfers", body, key)

    def _note(
        self,
        answer: Any,
        giver: Book,
        taker: Book,
        amount: int,
        *,
        stage: Stage | None = None,
        to_email: bool = False,
    ) -> None:
        """Keep a transfer that was made, once it is seen to be where the rules say."""
        waits = to_email or not taker.takes(amount)
        assert answer.json()["status"] == (Stage.PENDING if waits else Stage.COMPLETED)
        sent = Sent(answer.json()["reference"], giver, taker, amount, Stage.PENDING, to_email)
        giver.total -= amount
        if not waits:
            sent.arrive()
        self.sent.append(sent)

    def _waiting(self, *, to_email: bool | None = None) -> list[Sent]:
        waiting = [sent for sent in self.sent if sent.stage == Stage.PENDING]
        return [sent for sent in waiting if to_email in (None, sent.to_email)]

    def _reversible(self) -> list[Sent]:
        """Transfers to give back, finished ones too: those are refused."""
        return [sent for sent in self.sent if sent.source.ceiling is None]


def _refuses_transfer(giver: Book, taker: Book, amount: int) -> Refusal:
    return frozenset({"same_wallet"}) if giver is taker else giver.refuses_debit(amount)


def judge(answer: Any, refused: Refusal) -> None:
    """The answer is what the rules say: made, or refused for one of the reasons."""
    if not refused:
        assert answer.status_code in (200, 201), answer.content
        return
    assert answer.status_code in (409, 422), (answer.status_code, answer.content, refused)
    told = answer.json()
    assert told.get("reason", told["code"]) in refused, told
