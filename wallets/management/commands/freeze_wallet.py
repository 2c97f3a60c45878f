"""Freezes a wallet, or lifts its freeze, from the operator's shell."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from wallets import life_queries, operations
from wallets.errors import WalletRefusal
from wallets.models import Wallet
from wallets.operations import FreezeOrder


class Command(BaseCommand):
    help = (
        "Stop what leaves a wallet, what arrives, or both, or lift that again with --lift. Without "
        "--apply, says what would happen and changes nothing. The audit trail names nobody: staff "
        "freeze in the back office or through the API."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the wallet's 13 digits")
        parser.add_argument("--reason", required=True, help="why, for the record")
        parser.add_argument("--debits", action="store_true", help="stop what leaves")
        parser.add_argument("--credits", action="store_true", help="stop what arrives")
        parser.add_argument("--hours", type=float, help="for how long; otherwise until lifted")
        parser.add_argument("--lift", action="store_true", help="lift the freeze instead")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lift"] is bool(options["debits"] or options["credits"]):
            raise CommandError("Say --debits, --credits or both; or --lift.")
        try:
            wallet = life_queries.get_any_wallet(options["number"])
            with transaction.atomic():
                done = self._do(wallet, options, now=timezone.now())
                if not options["apply"]:
                    transaction.set_rollback(True)
        except WalletRefusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"wallet {wallet.number} ({wallet.currency}): {done}")
        if not options["apply"]:
            self.stdout.write("Nothing was changed; add --apply to do this.")

    def _do(self, wallet: Wallet, options: dict[str, Any], *, now: datetime) -> str:
        if options["lift"]:
            operations.unfreeze_wallet(
                wallet=wallet, actor_id=None, reason=options["reason"], at=now
            )
            return "unfrozen"
        hours: float | None = options["hours"]
        freeze = operations.freeze_wallet(
            wallet=wallet,
            order=FreezeOrder(
                debits=options["debits"],
                credits=options["credits"],
                reason=options["reason"],
                at=now,
                expires_at=now + timedelta(hours=hours) if hours else None,
            ),
        )
        what = [name for name in ("debits", "credits") if getattr(freeze, name)]
        until = f" until {freeze.expires_at:%Y-%m-%d %H:%M} UTC" if freeze.expires_at else ""
        return f"{' and '.join(what)} frozen{until}"
