"""A wallet's statement into a file, for whoever may have it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wallets.errors import BadPeriod, StatementTooLong
from wallets.periods import read_period
from wallets.queries import find_wallet
from wallets.statements import (
    Statement,
    read_statement,
    statement_csv,
    statement_document,
    statement_pdf,
)


class Command(BaseCommand):
    help = (
        "Writes the statement of a wallet: what it held, every line, what it held then. Changes "
        "nothing. JSON and PDF hold up to 10,000 lines, CSV any number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wallet", required=True, help="its 13-digit number")
        parser.add_argument("--from", dest="since", help="a day of UTC, or an RFC 3339 instant")
        parser.add_argument("--to", dest="until", help="the last day, or an instant just past it")
        parser.add_argument("--format", choices=("csv", "pdf", "json"), default="csv")
        parser.add_argument("--output", default="-", help="a file, which is replaced; - is stdout")

    def handle(self, *_args: Any, wallet: str, output: str, **options: Any) -> None:
        found = find_wallet(wallet)
        if found is None:
            raise CommandError("There is no such wallet.")
        now = timezone.now()
        try:
            period = read_period(options["since"], options["until"], now=now)
            statement = read_statement(wallet=found, period=period, at=now)
            pieces = _written(statement, options["format"])
        except BadPeriod as refusal:
            raise CommandError(f"--{refusal.field}: {refusal}") from None
        except StatementTooLong as refusal:
            raise CommandError(str(refusal)) from None

        if output == "-":
            _write(sys.stdout.buffer, pieces)
            return
        try:
            with Path(output).open("wb") as file:
                _write(file, pieces)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from None
        self.stderr.write(f"{statement.turnover.line_count:,} lines in {output}")


def _written(statement: Statement, wanted: str) -> Iterable[bytes]:
    if wanted == "pdf":
        return [statement_pdf(statement)]
    if wanted == "json":
        return [orjson.dumps(statement_document(statement), option=orjson.OPT_UTC_Z), b"\n"]
    return (piece.encode() for piece in statement_csv(statement))


def _write(file: Any, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
