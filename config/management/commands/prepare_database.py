"""Bring the database in line with this version of the code: schema, rights, broker."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, and make the message queue where there is no Redis; safe to run again."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        call_command("migrate", verbosity=verbosity, interactive=False)
        call_command("install_broker", verbosity=verbosity)
