"""Gives back what certificates hold past their deadline; the scheduler does the same."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from offline import operations, queries
from offline.models import Certificate

_MOST = 10_000


class Command(BaseCommand):
    help = (
        "Give back what is left of certificates whose deadline has passed. Without --apply, lists "
        "them and changes nothing. Exit 1 when one could not be reclaimed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["apply"]:
            self._preview(queries.due_certificates(now=now, limit=_MOST))
            return
        done, stuck = operations.reclaim_due(now=now, each=self._tell)
        self.stdout.write(self.style.SUCCESS(f"{done:,} reclaimed."))
        if stuck:
            self.stdout.write(self.style.ERROR(f"{stuck:,} could not be; the log says why."))
            sys.exit(1)

    def _preview(self, due: list[str]) -> None:
        for jti in due:
            certificate = queries.find_certificate(jti)
            if certificate:
                self._tell(certificate)
        self.stdout.write(f"{len(due):,} are due. Nothing was changed; add --apply to reclaim.")

    def _tell(self, certificate: Certificate) -> None:
        left = certificate.held if not certificate.is_reclaimed else certificate.returned
        self.stdout.write(f"{certificate.jti}  wallet {certificate.wallet.number}  {left}")
