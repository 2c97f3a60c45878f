"""Make many people who can pay one another at once, and log them in."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import population
from config.embedded.progress import Progress


class Command(BaseCommand):
    help = "Make people with a funded NGN wallet each, and print access tokens of theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=int, required=True, metavar="N", help="how many people")
        parser.add_argument("--json", action="store_true", help="print one JSON array")

    def handle(self, *_args: Any, users: int, json: bool, **_options: Any) -> None:
        if not settings.PURSER_EMBEDDED:
            raise CommandError("This hands out access tokens: embedded installations only.")
        if not 1 <= users <= population.MOST:
            raise CommandError(f"--users wants a number from 1 to {population.MOST:,}.")
        members = population.gather(users, report=_reporter(users))
        self.stdout.write(_as_json(members) if json else _as_table(members))


def _reporter(users: int) -> Any:
    if not sys.stderr.isatty():
        return lambda _done: None
    progress = Progress(sys.stderr)
    return lambda done: progress.passing(f"{done:,} of {users:,} people")


def _as_json(members: list[population.Member]) -> str:
    return json.dumps([asdict(member) for member in members])


def _as_table(members: list[population.Member]) -> str:
    lines = [f"{'email':<28}  {'wallet':<13}  access token"]
    lines += [
        f"{member.email:<28}  {member.wallet:<13}  {member.access_token}" for member in members
    ]
    return "\n".join(lines)
