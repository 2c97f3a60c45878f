"""A device that was copied, and what it does to shops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from ledger.money import Money
from offline.tests.phones import Phone
from wallets.operations import fund_reserve
from wallets.tests.factories import wallet_of


@dataclass
class Copied:
    """A device that was copied: its certificate over 60.00 pays any number of shops 50.00."""

    alice: Phone
    shops: list[Phone]

    def pay(self, number: int) -> Any:
        """A voucher with counter 1, whichever copy signs it."""
        alice = self.alice
        return alice.sign(alice.draft(self.shops[number], 5_000))

    def settle(self, number: int) -> dict[str, Any]:
        return self.shops[number].sync_one(self.pay(number))


def copied(*, current: str = "", offline: str = "60.00", shops: int = 3) -> Copied:
    alice = Phone(holding=offline).load("60.00")
    if current:
        wallet_of(alice.owner, holding=current)
    return Copied(alice, [Phone() for _ in range(shops)])


def fund(amount: str) -> None:
    with transaction.atomic():
        money = Money.of(amount, "NGN")
        fund_reserve(amount=money, reference=f"RSV_{uuid4().hex}", at=timezone.now())


def alice_current(case: Copied) -> Any:
    return case.alice.owner.wallets.get(kind="current")
