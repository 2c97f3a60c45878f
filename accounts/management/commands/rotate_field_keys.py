"""Seal with the newest field key whatever an older one sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import operations


class Command(BaseCommand):
    help = (
        "Seal with the first of FIELD_KEYS whatever an older key sealed. May be stopped and run "
        "again; afterwards the older keys may go."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        rotation = operations.rotate_field_keys(told=self._told)
        if rotation.broken:
            raise CommandError(
                f"{len(rotation.broken)} values do not open and were left as they are, such as "
                f"{rotation.broken[0]}. Keep the older keys."
            )
        self.stdout.write(
            f"Sealed {rotation.sealed} values with {rotation.key}; nothing needs an older key."
        )

    def _told(self, column: str, done: int, total: int) -> None:
        self.stderr.write(f"{column}: {done} of {total}")
