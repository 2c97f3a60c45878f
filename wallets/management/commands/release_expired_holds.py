"""Releases holds whose time is over; the scheduler does the same."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger.money import Money, currency
from wallets import hold_queries, operations
from wallets.models import Hold

_MOST = 10_000


class Command(BaseCommand):
    help = (
        "Release holds whose time is over: what is left of them is available again. Without "
        "--apply, lists them and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["apply"]:
            done = operations.expire_holds(now=now, limit=_MOST, each=self._tell)
            self.stdout.write(self.style.SUCCESS(f"{done:,} released."))
            return
        due = hold_queries.holds_to_expire(now=now, limit=_MOST)
        for hold in due:
            self._tell(hold)
        self.stdout.write(f"{len(due):,} are due. Nothing was changed; add --apply to release.")

    def _tell(self, hold: Hold) -> None:
        unit = currency(hold.wallet.currency)
        left = Money(hold.amount_minor - hold.captured_minor, unit)
        self.stdout.write(f"{hold.reference}  wallet {hold.wallet.number}  {left}")
