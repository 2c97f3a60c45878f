"""Take over exchange rates from a file or an address: looked at first, written with --apply."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from wallets import operations
from wallets.errors import WalletRefusal
from wallets.rate_sources import LARGEST_FILE, SOURCES, Sheet

ECB_ADDRESS = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
_PATIENCE = (5.0, 20.0)  # seconds to connect, and for the next byte


class Command(BaseCommand):
    help = (
        "Take over exchange rates. Without --apply it only shows them and how far they are from "
        "the last ones of their source."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", choices=sorted(SOURCES), required=True)
        parser.add_argument(
            "--file", default="", metavar="PATH_OR_ADDRESS",
            help="a path, or an https address; for ecb without it, the central bank's own",
        )  # fmt: skip
        parser.add_argument("--apply", action="store_true", help="write them")
        parser.add_argument(
            "--accept-jumps", action="store_true",
            help="also write rates more than a quarter away from the last ones",
        )  # fmt: skip

    def handle(
        self, *_args: Any, source: str, file: str, apply: bool, accept_jumps: bool, **_: Any
    ) -> None:
        place = file or (ECB_ADDRESS if source == "ecb" else "")
        if not place:
            raise CommandError("Say where the rates are: --file.")
        now = timezone.now()
        try:
            sheet = SOURCES[source](_content(place), now)
            self._show(sheet)
            if apply:
                self._record(sheet, now, accept_jumps=accept_jumps)
        except WalletRefusal as refusal:
            raise CommandError(str(refusal)) from None
        if not apply:
            self.stdout.write("Nothing was written. --apply writes them.")

    def _show(self, sheet: Sheet) -> None:
        moved = operations.rate_changes(sheet)
        self.stdout.write(f"One {sheet.pivot} as of {sheet.as_of.isoformat()} by {sheet.source}:")
        for code, rate in sorted(sheet.rates.items()):
            change = f"  {moved[code] * 100:+.2f} %" if code in moved else ""
            self.stdout.write(f"  {code} {rate}{change}")

    def _record(self, sheet: Sheet, now: datetime, *, accept_jumps: bool) -> None:
        with transaction.atomic():
            recorded = operations.record_rates(sheet=sheet, now=now, accept_jumps=accept_jumps)
        self.stdout.write(f"These are the rates of {recorded} now.")


def _content(place: str) -> bytes:
    if "://" not in place:
        try:
            return Path(place).read_bytes()
        except OSError as error:
            raise CommandError(f"{place} cannot be read: {error.strerror}.") from None
    if not place.startswith("https://"):
        raise CommandError("Rates are fetched by https only.")
    try:
        with requests.get(place, timeout=_PATIENCE, stream=True) as response:
            response.raise_for_status()
            return response.raw.read(LARGEST_FILE + 1, decode_content=True)
    except requests.RequestException as error:
        raise CommandError(f"{place} did not answer: {type(error).__name__}.") from None
