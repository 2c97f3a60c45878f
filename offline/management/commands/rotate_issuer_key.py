"""Makes the next issuer key, which devices learn of before anything is signed with it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from offline import operations, queries
from offline.models import IssuerKey

_NOTICE_DAYS = 14


class Command(BaseCommand):
    help = (
        "Make and publish the issuer's next key; it signs from --notice-days later on. Without "
        "--apply, shows the keys and changes nothing. Older keys stay published for ever."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="really do it")
        parser.add_argument(
            "--notice-days",
            type=int,
            default=_NOTICE_DAYS,
            help="fewer only when the key in use was stolen: devices will not know the new one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        days = options["notice_days"]
        if not 0 <= days <= 365:
            raise CommandError("--notice-days is 0 to 365.")
        for key in queries.issuer_keys():
            self._tell(key)
        if not options["apply"]:
            self.stdout.write("Nothing was changed. Add --apply to make the next key.")
            return
        with transaction.atomic(durable=True):
            key = operations.rotate_issuer_key(now=now, notice=timedelta(days=days))
        self.stdout.write(self.style.SUCCESS("The next key:"))
        self._tell(key)

    def _tell(self, key: IssuerKey) -> None:
        self.stdout.write(f"{key.kid}  made {key.made_at:%Y-%m-%d}  signs from {key.used_from}")
