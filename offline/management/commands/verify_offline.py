"""Verifies every stored message of offline payments anew, and names those that fail."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from offline.operations import Fault, verify_messages

_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Verifies the signature of every stored proof, certificate, voucher, receipt and list, and "
        "that their rows say the same: exit 0 when all do, exit 1 otherwise. Safe at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        self._looked_at: dict[str, int] = {}
        faults = list(verify_messages(progress=self._progress))
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")

        if options["json"]:
            self._print_json(faults)
        else:
            self._print_text(faults)
        if faults:
            sys.exit(1)

    def _print_json(self, faults: list[Fault]) -> None:
        document = {
            "ok": not faults,
            "checked": self._looked_at,
            "faults": [{"what": f.what, "which": f.which, "why": f.why} for f in faults],
        }
        self.stdout.write(json.dumps(document))

    def _print_text(self, faults: list[Fault]) -> None:
        for fault in faults[:_SHOWN]:
            self.stdout.write(self.style.ERROR(f"BROKEN  {fault.what} {fault.which}: {fault.why}"))
        if len(faults) > _SHOWN:
            self.stdout.write(f"... and {len(faults) - _SHOWN:,} more")
        looked_at = ", ".join(f"{count:,} {what}s" for what, count in self._looked_at.items())
        if faults:
            self.stdout.write(self.style.ERROR(f"{len(faults):,} messages fail; {looked_at}."))
        else:
            self.stdout.write(self.style.SUCCESS(f"Every message verifies: {looked_at}."))

    def _progress(self, what: str, done: int, total: int) -> None:
        self._looked_at[what] = total
        if sys.stderr.isatty():
            self.stderr.write(f"\r\033[K{what}s: {done:,} of {total:,}", ending="")
            self.stderr.flush()
