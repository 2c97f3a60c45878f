"""Let somebody in no more, whatever they weigh: a superuser too."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts import operations, queries
from accounts.errors import PersonNotFound


class Command(BaseCommand):
    help = "End every login of a person and let nobody in as them. Staff let them in again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address they log in with")

    def handle(self, *_args: Any, email: str, **_: Any) -> None:
        try:
            person = queries.get_person_by_email(email)
        except PersonNotFound as refusal:
            raise CommandError(str(refusal)) from None
        operations.shut_out(person_id=person.id, at=timezone.now())
        self.stdout.write(f"{person.email} is shut out.")
