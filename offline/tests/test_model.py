"""The settlement model, as an oracle: whatever a device signs, the API does what the model does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import chart
from ledger.money import Money
from ledger.queries import chart_balance
from offline.models import Case, Certificate
from offline.operations import reclaim_certificate
from offline.tests.phones import Phone
from offline.tests.scale import tries
from offline.tests.undone import undone
from wallets.operations import fund_reserve
from wallets.queries import available_minor
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

AUTHORISED, VOUCHER, COUNT = 60_00, 200_00, 20
CURRENT, RESERVE = 15_00, 10_00


@dataclass(frozen=True)
class Step:
    """A voucher that a device signed: who brings it, and to which shop it is made out."""

    counter: int
    amount: int
    cumulative: int
    shop: int
    vid: str


@dataclass
class Model:
    """One certificate, as the protocol's reference has it."""

    hold: int = AUTHORISED
    current: int = CURRENT
    reserve: int = RESERVE
    seen: dict[str, str] = field(default_factory=dict)
    counters: dict[int, str] = field(default_factory=dict)
    known: list[Step] = field(default_factory=list)
    paid: dict[int, int] = field(default_factory=dict)
    case: bool = False
    closed: bool = False

    def submit(self, step: Step, by: str) -> str:
        before = self.seen.get(step.vid)
        if before is not None and not (before == "pending_confirmation" and by == "payee"):
            return before
        if verdict := self._flaw(step):
            return self._set(step, verdict)
        if all(other.vid != step.vid for other in self.known):
            self._compare(step)
        return self._set(step, "pending_confirmation") if by == "payer" else self._pay(step)

    def reclaim(self) -> None:
        self.closed = True
        for vid, status in self.seen.items():
            if status == "pending_confirmation":
                self.seen[vid] = "voided"
        self.current, self.hold = self.current + self.hold, 0

    def _flaw(self, step: Step) -> str:
        if not 0 < step.amount <= VOUCHER:
            return "over_voucher_limit"
        if not step.amount <= step.cumulative <= AUTHORISED:
            return "over_cumulative"
        if not 1 <= step.counter <= COUNT:
            return "over_count"
        return "late" if self.closed else ""

    def _compare(self, step: Step) -> None:
        for other in self.known:
            low, high = sorted((step, other), key=lambda each: each.counter)
            if low.counter == high.counter or high.cumulative - high.amount < low.cumulative:
                self.case = True
        self.counters.setdefault(step.counter, step.vid)
        self.known.append(step)

    def _pay(self, step: Step) -> str:
        hold = min(step.amount, self.hold)
        current = min(step.amount - hold, self.current)
        reserve = min(step.amount - hold - current, self.reserve)
        if hold + current + reserve < step.amount:
            return self._set(step, "uncovered")
        self.hold -= hold
        self.current -= current
        self.reserve -= reserve
        self.paid[step.shop] = self.paid.get(step.shop, 0) + step.amount
        return self._set(step, "settled")

    def _set(self, step: Step, verdict: str) -> str:
        self.seen[step.vid] = verdict
        return verdict


amounts = st.integers(1, 30_00)
plans = st.lists(
    st.tuples(
        st.sampled_from(["honest", "honest", "honest", "fork", "low", "huge"]),
        amounts,
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)
orders = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["payer", "payee", "payee"])),
    min_size=1,
    max_size=12,
)


class World:
    """Alice's phone and three shops, in the API and in the model."""

    def __init__(self) -> None:
        self.alice = Phone(holding="60.00").load("60.00")
        self.current = wallet_of(self.alice.owner, holding="15.00")
        self.shops = [Phone() for _ in range(3)]
        self.reserve = chart.offline_reserve("NGN")
        missing = RESERVE - chart_balance(self.reserve)
        if missing > 0:
            fund_reserve(
                amount=Money(missing, Money.of("0", "NGN").currency),
                reference=f"RSV_{self.alice.did}",
                at=timezone.now(),
            )
        self.model = Model()
        self.vouchers: list[Any] = []
        self.steps: list[Step] = []

    def sign(self, kind: str, amount: int, shop: int) -> None:
        alice, payee = self.alice, self.shops[shop]
        if kind == "fork":
            signed = alice.sign(
                alice.draft(
                    payee,
                    amount,
                    counter=max(1, alice.counter),
                    cumulative_minor=max(amount, alice.spent),
                )
            )
        elif kind == "low":
            signed = alice.pay(payee, amount, cumulative_minor=amount)
        elif kind == "huge":
            signed = alice.pay(payee, amount, cumulative_minor=AUTHORISED + 1)
        else:
            signed = alice.pay(payee, amount)
        body = signed.body
        self.vouchers.append(signed)
        self.steps.append(
            Step(body.counter, body.amount_minor, body.cumulative_minor, shop, signed.vid)
        )

    def submit(self, number: int, by: str) -> None:
        step, signed = self.steps[number], self.vouchers[number]
        phone = self.alice if by == "payer" else self.shops[step.shop]
        result = phone.sync_one(signed)
        expected = self.model.submit(step, by)
        assert told(result) == expected

    def reclaim(self) -> None:
        certificate = Certificate.objects.get(jti=self.alice.certificate.certificate_id)
        later = certificate.submit_until + timedelta(seconds=1)
        with transaction.atomic():
            reclaim_certificate(jti=certificate.jti, now=later)
        self.model.reclaim()

    def compare(self) -> None:
        certificate = Certificate.objects.get(jti=self.alice.certificate.certificate_id)
        model = self.model
        mine = available_minor([self.alice.wallet.pk, self.current.pk])
        paid = {n: int(holds(shop.wallet).replace(".", "")) for n, shop in enumerate(self.shops)}
        assert certificate.held_minor == model.hold
        assert sum(mine.values()) == model.current
        assert chart_balance(self.reserve) == model.reserve
        assert {n: minor for n, minor in paid.items() if minor} == model.paid
        # What the model has no eye for, a wrong chain of ids or an overstated sum, is a case too.
        assert model.case <= Case.objects.filter(certificate=certificate).exists()


def told(result: dict[str, Any]) -> str:
    """The result in the model's words."""
    if result["status"] == "rejected":
        return str(result["code"])
    return "uncovered" if result["status"] == "disputed" else str(result["status"])


HISTORIES = tries(300, usually=60)


@given(plan=plans, order=orders, ends=st.booleans())
@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_api_does_what_the_model_does(
    plan: list[tuple[str, int, int]],
    order: list[tuple[int, str]],
    ends: bool,  # noqa: FBT001 -- drawn by name
) -> None:
    with undone():
        play(plan, order, ends=ends)


def play(plan: list[tuple[str, int, int]], order: list[tuple[int, str]], *, ends: bool) -> None:
    world = World()
    for kind, amount, shop in plan:
        world.sign(kind, amount, shop)
    for number, by in order:
        world.submit(number % len(plan), by)
    if ends:
        world.reclaim()
        for number, by in order:
            world.submit(number % len(plan), by)
    world.compare()


@given(
    amounts=st.lists(st.integers(1, 5_00), min_size=1, max_size=8),
    data=st.data(),
)
@settings(
    max_examples=HISTORIES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_honest_history_ends_alike_in_any_order(amounts: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(amounts))))
    brought_by = data.draw(
        st.lists(st.sampled_from(["payer", "payee"]), min_size=len(amounts), max_size=len(amounts))
    )
    with undone():
        world = World()
        for number, amount in enumerate(amounts):
            world.sign("honest", amount, number % 3)
        for number, by in zip(order, brought_by, strict=True):
            world.submit(number, by)
        for number in order:
            world.submit(number, "payee")
        world.compare()
        certificate = Certificate.objects.get(jti=world.alice.certificate.certificate_id)
        assert certificate.settled_minor == sum(amounts)
        assert not Case.objects.filter(certificate=certificate).exists()
