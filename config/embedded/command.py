"""What `manage.py` needs around Django: its environment, its database and the right login."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import ExitStack

from config.embedded import dependencies
from config.embedded.entry import explained
from config.embedded.errors import LauncherRefusal
from config.embedded.installation import Installation

# What changes the schema or its rights, or compares it with the models, acts as its owner.
_OWNER_COMMANDS = {
    "createcachetable",
    "define_role",
    "flush",
    "install_broker",
    "makemigrations",
    "migrate",
    "prepare_database",
    "set_payout_threshold",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
}


def run(arguments: list[str]) -> None:
    """Run a management command in `.venv`; PostgreSQL is up for as long as it takes."""
    embedded = "DATABASE_URL" not in os.environ
    with explained():
        _enter_environment(embedded=embedded)
    if len(arguments) > 1 and arguments[1] in _OWNER_COMMANDS:
        os.environ.setdefault("PURSER_DATABASE_ROLE", "owner")

    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- see above

    with ExitStack() as stack:
        if embedded:
            with explained():
                stack.enter_context(Installation().in_use())
        execute_from_command_line(arguments)


def _enter_environment(*, embedded: bool) -> None:
    """Go on in the Python of `.venv`, unless this one is it or an operator's own."""
    inside = sys.prefix == str(dependencies.VENV)
    has_django = importlib.util.find_spec("django") is not None
    if inside or (has_django and not embedded):
        return
    if dependencies.PYTHON.exists():
        python = str(dependencies.PYTHON)
        os.execv(python, [python, *sys.argv])  # noqa: S606 -- our own interpreter, no shell
    if not has_django:
        raise LauncherRefusal("there is no Python environment here yet: run script/server once.")
