"""Make somebody who can log in at once, such as the first administrator."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts import operations, queries
from accounts.errors import EmailTaken
from accounts.models import User


class Command(BaseCommand):
    help = "Add a person with a role; the password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address to log in with")
        parser.add_argument("--role", required=True, help="such as user, staff or superuser")
        parser.add_argument("--name", default="", help="what to call them")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input, up to its end",
        )

    def handle(
        self, *_args: Any, email: str, role: str, name: str, password_stdin: bool, **_: Any
    ) -> None:
        roles = queries.role_names()
        if role not in roles:
            raise CommandError(f"There is no role {role!r}; there are: {', '.join(roles)}.")
        try:
            validate_email(email.strip())
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address.") from None
        if queries.email_is_taken(email):
            raise CommandError(EmailTaken.message)

        password = _from_stdin() if password_stdin else _asked_for()
        try:
            validate_password(password, User(email=email.strip(), name=name))
        except ValidationError as faults:
            raise CommandError(" ".join(faults.messages)) from None
        try:
            operations.add_person(email=email, password=password, role=role, name=name)
        except EmailTaken as taken:
            raise CommandError(str(taken)) from None

        self.stdout.write(f"Added {email.strip().lower()} as {role}.")


def _from_stdin() -> str:
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _asked_for() -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password; see --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("These were two passwords.")
    return password
