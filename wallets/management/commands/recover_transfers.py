"""Refunds transfers that have been in transit for long; the scheduler does so after seven days."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from ledger.errors import LedgerRefusal
from ledger.money import Money, currency
from wallets import operations, transfer_queries
from wallets.errors import WalletRefusal
from wallets.models import Transfer

_MOST = 10_000


class Command(BaseCommand):
    help = (
        "Refund transfers whose money left its sender and has not arrived. Without --apply, lists "
        "them and changes nothing. The exit code is 1 when one could not be refunded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--hours", type=float, default=168.0, help="in transit for longer than this (168)"
        )
        parser.add_argument("--reference", help="this one alone, however old")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        older_than = now if options["reference"] else now - timedelta(hours=options["hours"])
        found = transfer_queries.pending_transits(older_than=older_than)
        if options["reference"]:
            found = found.filter(entry__reference=options["reference"])
        transfers = list(found[:_MOST])
        if not options["apply"]:
            for transfer in transfers:
                self.stdout.write(_told(transfer))
            self.stdout.write(
                f"{len(transfers):,} are stuck. Nothing was changed; add --apply to refund."
            )
            return
        done = sum(self._recover(transfer) for transfer in transfers)
        self.stdout.write(self.style.SUCCESS(f"{done:,} refunded."))
        if done < len(transfers):
            raise SystemExit(1)

    def _recover(self, transfer: Transfer) -> bool:
        try:
            with transaction.atomic():
                recovery = operations.recover_transfer(transfer=transfer, at=timezone.now())
        except (WalletRefusal, LedgerRefusal) as refusal:
            self.stderr.write(f"{_told(transfer)}  not refunded: {refusal}")
            return False
        self.stdout.write(_told(transfer))
        return recovery.recovered


def _told(transfer: Transfer) -> str:
    amount = Money(transfer.amount_minor, currency(transfer.currency))
    return f"{transfer.entry.reference}  from wallet {transfer.source.number}  {amount}"
