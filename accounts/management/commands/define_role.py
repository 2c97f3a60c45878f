"""Make a role of one's own, or change what a role may do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import operations, queries
from accounts.errors import AccountRefusal


class Command(BaseCommand):
    help = (
        "Make a role or change one. Who has a role acts only on people of less weight; superusers "
        "weigh 100, admins 80, staff 50, users 10."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="such as auditor")
        parser.add_argument("--weight", type=int, required=True, help="from 1 to 99")
        parser.add_argument(
            "--allow", action="append", default=[], metavar="APP.PERMISSION",
            help="what it may do, such as accounts.view_user; as often as needed",
        )  # fmt: skip
        parser.add_argument(
            "--deny", action="append", default=[], metavar="APP.PERMISSION",
            help="what it may do no more",
        )  # fmt: skip

    def handle(
        self, *_args: Any, name: str, weight: int, allow: list[str], deny: list[str], **_: Any
    ) -> None:
        if weight < 1:
            raise CommandError("A role weighs 1 at least.")
        try:
            role = operations.define_role(name=name, weight=weight, allow=allow, deny=deny)
        except AccountRefusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{role.name} weighs {role.weight}. It may:")
        for permission in sorted(queries.permissions_of(role)):
            self.stdout.write(f"  {permission}")
