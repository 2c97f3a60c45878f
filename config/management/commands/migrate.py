"""`migrate` as Django has it, and then the application role's rights on what there is now."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections, transaction

RIGHTS = Path(__file__).resolve().parents[2] / "sql" / "rights.sql"


class Command(migrate.Command):
    help = f"{migrate.Command.help} Then grants the application's role its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"] or options["app_label"]:
            return

        alias = options["database"]
        # Before the rights: the application keeps its cache in this table.
        call_command("createcachetable", database=alias, verbosity=0)
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'purser_app'")
            if cursor.fetchone() is None:
                raise CommandError(
                    "The database role purser_app is missing. "
                    "Run config/embedded/roles.sql once as a database superuser."
                )
            cursor.execute(RIGHTS.read_text(encoding="utf-8"))
