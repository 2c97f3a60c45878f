"""Fees and limits change by two people, a minute later at the earliest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import person
from events.models import Event
from ledger.money import Money
from wallets import tariff
from wallets.errors import InvalidRule, RuleClosed, RuleNeedsTwo
from wallets.fees import Band
from wallets.limits import Limits
from wallets.models import FeeRule, LimitRule
from wallets.operations import (
    Proposal,
    approve_rule,
    propose_fee,
    propose_limits,
    reject_rule,
)

pytestmark = pytest.mark.django_db

TEN = Money.of("10", "NGN")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    tariff.forget()
    yield
    tariff.forget()


@pytest.fixture
def ada() -> User:
    return person(role="admin")


@pytest.fixture
def bola() -> User:
    return person(role="admin")


def proposed(actor: User, *, flat: int = 100, **rest: Any) -> FeeRule:
    return propose_fee(
        proposal=Proposal(actor.id, "costs", timezone.now(), **rest),
        operation="transfer",
        currency="NGN",
        role="*",
        bands=(Band(flat_minor=flat),),
    )


def fee(after: timedelta) -> str:
    quoted = tariff.quote_fee(
        operation="transfer", amount=TEN, role="user", at=timezone.now() + after
    )
    return quoted.decimal_string()


def test_there_are_no_fees_at_first() -> None:
    assert fee(timedelta()) == "0.00"


@pytest.mark.parametrize(
    ("tier", "code", "most"),
    [
        (0, "NGN", "50000.00"),
        (0, "USD", "100.00"),
        (1, "NGN", "500000.00"),
        (2, "NGN", "5000000.00"),
        (2, "USD", "10000.00"),
        (0, "JPY", "15000"),
        (3, "NGN", None),
    ],
)
def test_limits_that_come_with_the_installation(tier: int, code: str, most: str | None) -> None:
    now = timezone.now()
    ceilings = tariff.ceilings(code, at=now)
    limits = tariff.limits_of(operation="payout", currency=code, tier=tier, at=now)

    assert ceilings is not None
    assert ceilings[tier] == (None if most is None else Money.of(most, code).amount_minor)
    assert limits.day_count == (None if tier == 3 else 500 * 10**tier)


def test_currency_without_limits_of_its_own_has_its_operations_counted() -> None:
    limits = tariff.limits_of(operation="hold", currency="ISK", tier=0, at=timezone.now())

    assert limits == Limits(day_count=500)
    assert tariff.ceilings("ISK", at=timezone.now()) is None


def test_another_person_approves_and_it_holds_a_minute_later(ada: User, bola: User) -> None:
    rule = proposed(ada)
    assert fee(timedelta(days=1)) == "0.00"

    approved = approve_rule(rule, actor_id=bola.id, at=timezone.now())

    tariff.forget()
    assert approved.effective_from is not None
    assert approved.effective_from > timezone.now() + timedelta(seconds=55)
    assert (fee(timedelta()), fee(timedelta(seconds=61))) == ("0.00", "1.00")
    told = Event.objects.filter(subject=str(rule.id)).order_by("id")
    assert [(event.type, event.actor_id) for event in told] == [
        ("rule.proposed", ada.id),
        ("rule.approved", bola.id),
    ]


def test_it_holds_from_the_instant_that_was_wanted(ada: User, bola: User) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    rule = proposed(ada, wanted_from=tomorrow)

    assert approve_rule(rule, actor_id=bola.id, at=timezone.now()).effective_from == tomorrow


def test_nobody_approves_what_they_proposed(ada: User) -> None:
    rule = proposed(ada)

    with pytest.raises(RuleNeedsTwo):
        approve_rule(rule, actor_id=ada.id, at=timezone.now())

    rule.refresh_from_db()
    assert rule.status == "proposed"


def test_it_is_decided_once_and_within_a_day(ada: User, bola: User) -> None:
    rule, late = proposed(ada), proposed(ada)
    reject_rule(rule, actor_id=bola.id, at=timezone.now())

    with pytest.raises(RuleClosed):
        approve_rule(rule, actor_id=bola.id, at=timezone.now())
    with pytest.raises(RuleClosed):
        approve_rule(late, actor_id=bola.id, at=timezone.now() + timedelta(hours=24))

    withdrawn = reject_rule(proposed(ada), actor_id=ada.id, at=timezone.now())
    assert withdrawn.status == "withdrawn"


def test_latest_that_has_come_holds(ada: User, bola: User) -> None:
    for flat in (100, 200):
        approve_rule(proposed(ada, flat=flat), actor_id=bola.id, at=timezone.now())

    tariff.forget()
    assert fee(timedelta(seconds=61)) == "2.00"


@pytest.mark.parametrize(
    ("operation", "currency", "bands"),
    [
        ("loan", "NGN", ()),
        ("transfer", "XXQ", ()),
        ("transfer", "*", (Band(flat_minor=1),)),
    ],
)
def test_no_fee(ada: User, operation: str, currency: str, bands: tuple[Band, ...]) -> None:
    with pytest.raises(InvalidRule):
        propose_fee(
            proposal=Proposal(ada.id, "costs", timezone.now()),
            operation=operation,
            currency=currency,
            role="*",
            bands=bands,
        )


@pytest.mark.parametrize(
    ("tier", "currency", "limits"),
    [
        (4, "NGN", Limits()),
        (0, "*", Limits(each_minor=1)),
        (0, "NGN", Limits(day_count=-1)),
    ],
)
def test_no_limits(ada: User, tier: int, currency: str, limits: Limits) -> None:
    with pytest.raises(InvalidRule):
        propose_limits(
            proposal=Proposal(ada.id, "law", timezone.now()),
            operation="transfer",
            currency=currency,
            tier=tier,
            limits=limits,
        )
    assert not LimitRule.objects.filter(status="proposed").exists()


class TestDatabase:
    """What the application's role tries by itself."""

    @pytest.mark.parametrize(
        "change",
        [
            "status = 'approved', decided_by_id = proposed_by_id, decided_at = now()",
            "status = 'approved', decided_at = now()",
            "bands = '[]'",
        ],
        ids=["approves alone", "approves for nobody", "changes it"],
    )
    def test_refuses(self, ada: User, change: str) -> None:
        rule = proposed(ada)

        with (
            pytest.raises(Exception, match=r"approved_by_another|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE wallets_feerule SET {change} WHERE id = %s", [rule.id])

    def test_refuses_a_rule_that_begins_approved(self, ada: User, bola: User) -> None:
        now = timezone.now()
        with pytest.raises(IntegrityError, match="begins_as_the_proposal"), transaction.atomic():
            FeeRule.objects.create(
                operation="transfer",
                currency="NGN",
                bands=[],
                reason="costs",
                status="approved",
                proposed_by=ada,
                decided_by=bola,
                proposed_at=now,
                decided_at=now,
                effective_from=now,
            )

    def test_gives_everybody_a_minute(self, ada: User, bola: User) -> None:
        rule = proposed(ada)
        now = timezone.now()

        FeeRule.objects.filter(id=rule.id).update(
            status="approved", decided_by=bola, decided_at=now, effective_from=now
        )

        rule.refresh_from_db()
        assert rule.effective_from is not None
        assert rule.effective_from >= now + timedelta(seconds=60)
