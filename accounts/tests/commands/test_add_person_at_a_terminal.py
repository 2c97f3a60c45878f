import os
import pty
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.tests.factories import PASSWORD


@pytest.mark.parametrize(("again", "status"), [(PASSWORD, 0), ("another-Pass-1357", 1)])
@pytest.mark.usefixtures("committed_db")
def test_at_a_terminal_it_asks_twice(again: str, status: int) -> None:
    email = f"{uuid4()}@example.com"
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "manage.py", "add_person", "--email", email, "--role", "user"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": _tests_database(), "PURSER_DATABASE_ROLE": "app"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as command:
        os.close(theirs)
        said = answer(ours, [PASSWORD, again])
    os.close(ours)

    assert command.returncode == status, said
    assert PASSWORD not in said
    assert User.objects.filter(email=email).exists() is (status == 0)


def answer(terminal: int, lines: list[str]) -> str:
    """Type each line when it is asked for; return all that was shown."""
    said = ""
    while True:
        try:
            piece = os.read(terminal, 1000).decode()
        except OSError:  # Linux's word for the other side having closed
            return said
        said += piece
        if not piece:
            return said
        if lines and said.rstrip().endswith(":") and piece.strip():
            os.write(terminal, f"{lines.pop(0)}\n".encode())


def _tests_database() -> str:
    before = os.environ["DATABASE_URL"]
    return f"{before.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
