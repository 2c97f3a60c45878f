from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.tests.factories import person
from ledger.money import Money
from wallets import tariff
from wallets.errors import CurrencyMismatch, LimitExceeded
from wallets.models import Usage, Wallet
from wallets.operations import count_use
from wallets.tests.factories import wallet_of
from wallets.tests.rules import agree_on_limits

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    tariff.forget()
    yield
    tariff.forget()


@pytest.fixture
def wallet() -> Wallet:
    return wallet_of(person())


def use(wallet: Wallet, amount: str, *, at: datetime = NOON, operation: str = "payout") -> None:
    count_use(wallet=wallet, operation=operation, amount=Money.of(amount, "NGN"), at=at)


def used(wallet: Wallet, operation: str = "payout") -> tuple[int, int, int, int]:
    row = Usage.objects.get(wallet=wallet, operation=operation)
    return row.day_count, row.day_minor, row.month_count, row.month_minor


def test_days_and_months_are_counted_apart(wallet: Wallet) -> None:
    agree_on_limits("payout", day_count=100)

    use(wallet, "1")
    use(wallet, "2", at=datetime(2027, 3, 31, tzinfo=UTC))
    assert used(wallet) == (1, 200, 2, 300)
    # A clock that is behind counts for the day that has begun.
    use(wallet, "4", at=NOON)
    assert used(wallet) == (2, 600, 3, 700)
    use(wallet, "8", at=datetime(2027, 4, 1, tzinfo=UTC))
    assert used(wallet) == (1, 800, 1, 800)


@pytest.mark.parametrize(
    ("limits", "amounts"),
    [
        ({"each_minor": 100}, ["1", "1.01"]),
        ({"day_count": 2}, ["1", "1", "1"]),
        ({"day_minor": 300}, ["1", "2", "0.01"]),
        ({"month_count": 1}, ["1", "1"]),
        ({"month_minor": 100}, ["1", "0.01"]),
    ],
    ids=lambda value: "".join(value) if isinstance(value, dict) else "",
)
def test_what_is_beyond_is_refused_and_not_counted(
    wallet: Wallet, limits: dict[str, Any], amounts: list[str]
) -> None:
    agree_on_limits("payout", **limits)
    for amount in amounts[:-1]:
        use(wallet, amount)
    before = used(wallet)

    with pytest.raises(LimitExceeded):
        use(wallet, amounts[-1])

    assert used(wallet) == before
    use(wallet, amounts[-1], operation="conversion")


def test_who_has_no_limits_is_not_counted() -> None:
    wallet = wallet_of(person(kyc_tier=3))

    use(wallet, "1000000000")

    assert not Usage.objects.filter(wallet=wallet).exists()


def test_deposit_is_measured_against_what_the_wallet_may_hold() -> None:
    wallet = wallet_of(person(kyc_tier=0), holding="49000")

    use(wallet, "1000", operation="deposit")
    with pytest.raises(LimitExceeded):
        use(wallet, "1000.01", operation="deposit")


def test_it_wants_the_wallets_currency(wallet: Wallet) -> None:
    with pytest.raises(CurrencyMismatch):
        count_use(wallet=wallet, operation="payout", amount=Money.of("1", "USD"), at=NOON)


def test_sums_stop_at_the_largest_number(wallet: Wallet) -> None:
    agree_on_limits("payout", day_count=100)

    for _ in range(3):
        use(wallet, "90000000000000000.00")

    assert used(wallet)[1] == 2**63 - 1
