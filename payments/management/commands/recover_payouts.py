"""Takes up payouts that have not ended; the scheduler does the same, each at its time."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payments import operations, queries
from payments.models import Payout
from payments.providers.registry import NAMES


class Command(BaseCommand):
    help = (
        "List the payouts that have not ended or contradict their provider. With --apply, send "
        "those that are due and ask the providers about the others, now; nothing is sent twice. "
        "Exit 1 when some are left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=NAMES)
        parser.add_argument("--reference", help="one payout, PAY_...")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(
        self, *_args: Any, provider: str | None, reference: str | None, **options: Any
    ) -> None:
        payouts = queries.unsettled_payouts(provider=provider)
        if reference:
            payouts = payouts.filter(reference=reference)
        if not options["apply"]:
            for payout in payouts:
                self._tell(payout, "")
            self.stdout.write(f"{payouts.count():,} found. Nothing was changed; add --apply.")
            return
        left = operations.recover_payouts(
            payouts=list(payouts), now=timezone.now(), each=self._tell
        )
        self.stdout.write(f"{left:,} left.")
        if left:
            sys.exit(1)

    def _tell(self, payout: Payout, came_of: str) -> None:
        words = [payout.reference, payout.status, str(payout.amount), payout.provider]
        self.stdout.write("  ".join([*words, payout.mismatch or payout.reason, came_of]).rstrip())
