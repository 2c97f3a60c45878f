"""Compares deposits and payouts with what their provider says of each."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payments import operations
from payments.providers.registry import NAMES, provider


class Command(BaseCommand):
    help = (
        "Ask a provider about every deposit and payout since a day, and list those of which it "
        "says something else than we have. With --apply, do what follows, as a webhook would "
        "have. Exit 1 when there are differences that were not resolved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=NAMES, required=True)
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="2026-01-31")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *_args: Any, since: date, **options: Any) -> None:
        differences = operations.sync_provider(
            provider=provider(options["provider"]),
            since=datetime(since.year, since.month, since.day, tzinfo=UTC),
            now=timezone.now(),
            apply=options["apply"],
        )
        left = 0
        for found in differences:
            changed = found.now and found.now != found.ours
            left += not changed
            arrow = f" -> {found.now}" if changed else ""
            self.stdout.write(f"{found.reference}  {found.ours}{arrow}  {found.theirs}")
        self.stdout.write(f"{left:,} differences left.")
        if left:
            sys.exit(1)
