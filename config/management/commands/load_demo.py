"""Put the demo's people and their money into an embedded installation, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import demo
from wallets.errors import WalletRefusal
from wallets.operations import refresh_rates


class Command(BaseCommand):
    help = "Add the demo logins with their wallets, money and history; who is there stays."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.PURSER_EMBEDDED:
            raise CommandError(
                "The demo's passwords are known to everybody: embedded installations only."
            )
        added = demo.load()
        if added:
            self.stdout.write(f"Added {added} demo logins.")
        else:
            self.stdout.write("The demo logins are there already.")
        try:
            refresh_rates(now=timezone.now())
        except WalletRefusal as refusal:
            # Nobody exchanges then; all else works.
            self.stderr.write(str(refusal))
