"""What exchanges left the platform with, and what they earned."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ledger.money import Money, currency
from wallets import fx_queries
from wallets.fx_queries import Position


class Command(BaseCommand):
    help = "Show the platform's position and spread income by currency."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON array")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        rows = [_document(position) for position in fx_queries.positions()]
        if as_json:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            self.stdout.write(
                f"{row['currency']}: position {row['position']}, earned {row['spread_income']}, "
                f"{row['conversions']} conversions"
            )
        if not rows:
            self.stdout.write("Nothing was exchanged yet.")


def _document(position: Position) -> dict[str, Any]:
    unit = currency(position.currency)
    return {
        "currency": position.currency,
        "position": Money(position.position_minor, unit).decimal_string(),
        "spread_income": Money(position.spread_minor, unit).decimal_string(),
        "conversions": position.conversions,
    }
