"""Proves the books, and names the first broken row of each invariant that does not hold."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ledger.operations import Finding, verify

_BAR = 30


class Command(BaseCommand):
    help = (
        "Proves the books from their postings: exit 0 when every invariant holds, exit 1 with "
        "the first broken row of each one that does not. Safe at any time: it reads one snapshot."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = verify(progress=self._progress if sys.stderr.isatty() else None)
        if sys.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")

        ok = all(finding.ok for finding in findings)
        if options["json"]:
            self._print_json(findings, ok=ok)
        else:
            self._print_text(findings, ok=ok)
        if not ok:
            sys.exit(1)

    def _print_json(self, findings: list[Finding], *, ok: bool) -> None:
        checks = [
            {"name": f.name, "ok": f.ok, "checked": f.checked, "detail": f.detail or f.sentence}
            for f in findings
        ]
        self.stdout.write(json.dumps({"ok": ok, "checks": checks}))

    def _print_text(self, findings: list[Finding], *, ok: bool) -> None:
        for finding in findings:
            if not finding.ok:
                self.stdout.write(self.style.ERROR(f"BROKEN  {finding.name}: {finding.detail}"))
            else:
                self.stdout.write(f"ok      {finding.sentence} ({finding.checked:,} checked)")
        broken = sum(not finding.ok for finding in findings)
        summary = (
            f"The books are proved: {len(findings)} invariants hold."
            if ok
            else f"The books are broken: {broken} of {len(findings)} invariants do not hold."
        )
        self.stdout.write(self.style.SUCCESS(summary) if ok else self.style.ERROR(summary))

    def _progress(self, name: str, share: float) -> None:
        bar = "#" * int(share * _BAR)
        self.stderr.write(f"\r\033[K[{bar:<{_BAR}}] {name}", ending="")
        self.stderr.flush()
