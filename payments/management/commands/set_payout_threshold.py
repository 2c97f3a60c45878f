"""Says from which amounts payouts wait for people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.errors import LedgerRefusal
from ledger.money import Money
from payments import operations


class Command(BaseCommand):
    help = (
        "Set from which amount a payout in a currency waits for one person's approval, and from "
        "which for two. Runs with the rights of the schema's owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("currency", help="such as NGN")
        parser.add_argument("--one-from", required=True, metavar="AMOUNT")
        parser.add_argument("--two-from", metavar="AMOUNT")

    def handle(
        self, *_args: Any, currency: str, one_from: str, two_from: str | None, **_: Any
    ) -> None:
        try:
            one = Money.of(one_from, currency)
            two = Money.of(two_from, currency) if two_from else None
        except LedgerRefusal as refusal:
            raise CommandError(str(refusal)) from None
        if not one or (two is not None and two < one):
            raise CommandError("The first amount is above zero, and the second not below it.")
        operations.set_payout_threshold(one_from=one, two_from=two)
        self.stdout.write(f"One approval from {one}, two from {two or 'no amount'}.")
