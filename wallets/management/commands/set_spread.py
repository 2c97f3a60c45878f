"""Say what the platform keeps of exchanges: looked at first, written with --apply."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from ledger.iso4217 import CURRENCIES
from wallets import fx_queries, operations
from wallets.exchange import LARGEST_SPREAD


class Command(BaseCommand):
    help = (
        "Set the spread of exchanges in basis points (hundredths of a percent), for a pair, for "
        "one currency, or for all. Quotes that stand are kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("basis_points", type=int, help=f"0 to {LARGEST_SPREAD}")
        parser.add_argument("--from", dest="source", default="", metavar="CURRENCY")
        parser.add_argument("--to", dest="target", default="", metavar="CURRENCY")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--apply", action="store_true", help="write it")

    def handle(self, *_args: Any, basis_points: int, apply: bool, **options: Any) -> None:
        source, target = options["source"], options["target"]
        if not 0 <= basis_points <= LARGEST_SPREAD:
            raise CommandError(f"A spread is 0 to {LARGEST_SPREAD} basis points.")
        for code in filter(None, (source, target)):
            if code not in CURRENCIES:
                raise CommandError(f"{code} is not an ISO 4217 code.")
        before = fx_queries.spread_bp(source=source, target=target)
        pair = f"{source or 'any currency'} to {target or 'any currency'}"
        self.stdout.write(f"{pair}: {before} basis points, then {basis_points}.")
        if not apply:
            self.stdout.write("Nothing was written. --apply writes it.")
            return
        with transaction.atomic():
            operations.set_spread(
                source_currency=source,
                target_currency=target,
                basis_points=basis_points,
                reason=options["reason"],
            )
        self.stdout.write("Set.")
