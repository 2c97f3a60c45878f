"""Takes a device out of use for ever, and warns everybody of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from offline import operations, queries


class Command(BaseCommand):
    help = "Revoke a device. Without --apply, says what that would touch and changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("device", help="the device's id, 22 characters")
        parser.add_argument("--reason", default="staff", help="a few words for its owner")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        device = queries.find_device(options["device"])
        if device is None:
            raise CommandError("There is no such device.")
        if not device.is_active:
            self.stdout.write(f"{device.did} was revoked at {device.revoked_at:%Y-%m-%d %H:%M}.")
            return
        number = device.wallet.number
        held, until = queries.held_for([number]).get(number, (0, None))
        self.stdout.write(f"Device {device.did} ({device.tier}) of wallet {number}")
        deadline = f" until {until}" if until else ""
        self.stdout.write(f"holds {held} minor units of {device.wallet.currency}{deadline}.")
        if not options["apply"]:
            self.stdout.write("Nothing was changed. Add --apply to revoke it.")
            return
        with transaction.atomic(durable=True):
            operations.revoke_device(did=device.did, reason=options["reason"], now=timezone.now())
        listed = queries.latest_list_number()
        self.stdout.write(self.style.SUCCESS(f"Revoked, and told by revocation list {listed}."))
