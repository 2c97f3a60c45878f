"""Proves the sealed journal: roots, chain, signatures, and what was anchored elsewhere."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger.operations import verify_seals
from ledger.seals import SealKey


class Command(BaseCommand):
    help = (
        "Proves every sealed block from the entries that are there now, and the chain from its "
        "first block: exit 0, or 1 with the first block that does not hold. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            type=_anchor,
            action="append",
            default=[],
            metavar="HEIGHT:HASH",
            help="of a journal_sealed line in the log; may be given several times",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, anchor: list[tuple[int, str]], **options: Any) -> None:
        trusted = set(settings.SEAL_RETIRED_PUBLIC_KEYS)
        if settings.SEAL_KEY:
            trusted.add(SealKey(settings.SEAL_KEY).public)
        if not trusted:
            raise CommandError("Neither SEAL_KEY nor SEAL_RETIRED_PUBLIC_KEYS says whom to trust.")

        found = verify_seals(trusted=frozenset(trusted), anchors=dict(anchor))

        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "ok": not found.detail,
                        "blocks": found.blocks,
                        "hash": found.hash,
                        "detail": found.detail,
                    }
                )
            )
        elif found.detail:
            self.stdout.write(self.style.ERROR(f"BROKEN  {found.detail}"))
        else:
            said = f"{found.blocks:,} sealed blocks hold; the head is {found.blocks}:{found.hash}"
            self.stdout.write(self.style.SUCCESS(said))
        if found.detail:
            sys.exit(1)


def _anchor(text: str) -> tuple[int, str]:
    read = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text)
    if read is None:
        raise ArgumentTypeError("a height, a colon, and 64 hexadecimal digits")
    return int(read[1]), read[2]
