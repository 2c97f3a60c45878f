"""Compares a day of a provider's books with ours."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from payments import operations
from payments.errors import ProviderUnavailable
from payments.providers.registry import NAMES, provider


class Command(BaseCommand):
    help = (
        "Compare what a provider lists for a day (UTC, yesterday unless told otherwise) with our "
        "books, and list what does not agree, with the cause that it may have. With --apply it "
        "is stored, for the back office. Moves no money. Exit 1 when there are breaks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=NAMES, required=True)
        parser.add_argument("--date", type=date.fromisoformat, help="2026-01-31")
        parser.add_argument("--apply", action="store_true", help="store it")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["date"] or (now - timedelta(days=1)).date()
        try:
            found = operations.reconcile(
                provider=provider(options["provider"]), day=day, now=now, apply=options["apply"]
            )
        except ProviderUnavailable as refusal:
            raise CommandError(f"{refusal} ({refusal.reason})") from None
        broken = [each for each in found if each.verdict.state != "matched"]
        for each in broken:
            currency, key = each.key
            self.stdout.write(
                f"{key}  {currency}  {each.verdict.state}  {each.verdict.cause}  "
                f"theirs {each.theirs_minor}  ours {each.ours_minor + each.adjusted_minor}"
            )
        self.stdout.write(f"{len(found) - len(broken):,} match, {len(broken):,} do not.")
        if not options["apply"]:
            self.stdout.write("Nothing was stored: add --apply.")
        if broken:
            sys.exit(1)
