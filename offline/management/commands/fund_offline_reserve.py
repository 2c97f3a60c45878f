"""Puts the platform's own money into the reserve that bears offline losses."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ledger import chart
from ledger.errors import LedgerRefusal
from ledger.money import Money
from ledger.queries import chart_balance
from wallets.operations import fund_reserve


class Command(BaseCommand):
    help = (
        "Fund the offline reserve of a currency out of the adjustments account. Without --apply, "
        "says what it holds and changes nothing. The same --reference is booked once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("amount", help="in major units, such as 100000.00")
        parser.add_argument("currency", help="such as NGN")
        parser.add_argument("--reference", required=True, help="unique, such as RSV_2026_01")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            amount = Money.of(options["amount"], options["currency"])
        except LedgerRefusal as refusal:
            raise CommandError(str(refusal)) from None
        if amount.amount_minor <= 0 or not 1 <= len(options["reference"]) <= 40:
            raise CommandError("An amount above zero, and a reference of 1 to 40 characters.")
        self._tell(amount)
        if not options["apply"]:
            self.stdout.write(f"Nothing was changed. Add --apply to put {amount} into it.")
            return
        try:
            with transaction.atomic(durable=True):
                fund_reserve(amount=amount, reference=options["reference"], at=timezone.now())
        except LedgerRefusal as refusal:
            raise CommandError(str(refusal)) from None
        self._tell(amount)

    def _tell(self, amount: Money) -> None:
        held = Money(chart_balance(chart.offline_reserve(amount.currency.code)), amount.currency)
        self.stdout.write(f"The offline reserve holds {held}.")
