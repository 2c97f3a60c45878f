"""The commands as a person types them: separate processes, from the repository's root."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import binaries, state
from config.embedded.installation import Installation
from config.embedded.ports import choose

# An interpreter that has none of our packages: the one that `.venv` was made from.
BARE = str(Path(sys.base_prefix) / "bin" / "python3")


def run(
    *command: str, var: Path, settings: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run with nothing set but what is asked for: pytest's own settings would speak here."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | {"PURSER_VAR": str(var), "PG_BIN": str(binaries.find())}
    return subprocess.run(
        command,
        cwd=state.ROOT,
        env=environment | (settings or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_manage_starts_postgres_for_the_time_of_a_command(var: Path) -> None:
    ran = run(BARE, "manage.py", "shell", "--no-imports", "-c", SHOW_USER, var=var)

    assert ran.stderr == ""
    assert ran.stdout == "purser\n"
    assert Installation(var).cluster.postmaster() is None


SHOW_USER = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"""


def test_manage_leaves_a_running_postgres_running(var: Path, installation: Installation) -> None:
    with installation.in_use():
        before = installation.cluster.postmaster()
        ran = run(BARE, "manage.py", "check", "--database", "default", var=var)

        assert ran.returncode == 0, ran.stderr
        assert installation.cluster.postmaster() == before


def test_schema_commands_act_as_the_owner(var: Path, installation: Installation) -> None:
    with installation.in_use():
        ran = run(BARE, "manage.py", "showmigrations", "--list", "contenttypes", var=var)
        assert ran.returncode == 0, ran.stderr
        ran = run(BARE, "manage.py", "createcachetable", var=var)
        assert ran.returncode == 0, ran.stderr


def test_manage_starts_nothing_on_an_operators_database(
    var: Path, tmp_path: Path, installation: Installation
) -> None:
    elsewhere = tmp_path / "elsewhere"
    with installation.in_use():
        settings = state.variables(installation.state)
        ran = run(
            BARE, "manage.py", "check", "--database", "default", var=elsewhere, settings=settings
        )

    assert ran.returncode == 0, ran.stderr
    assert not elsewhere.exists()


def test_a_port_that_is_taken(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run(BARE, "script/server", var=var, settings={"PORT": str(port)})

    assert ran.returncode == 1
    assert ran.stderr.strip().count("\n") == 0
    assert f"port {port} on 127.0.0.1 is taken" in ran.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "\uff18\uff10", "8 0"])
def test_a_port_that_is_none(var: Path, port: str) -> None:
    ran = run(BARE, "script/server", var=var, settings={"PORT": port})

    assert ran.returncode == 1
    assert (
        ran.stderr == f"script/server: PORT={port} is not a port: use a number from 1 to 65535.\n"
    )


def test_a_second_server_of_one_checkout_is_refused(var: Path) -> None:
    var.mkdir()
    with (var / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        ran = run(BARE, "script/server", var=var, settings={"PORT": str(choose())})

    assert ran.returncode == 1
    assert "runs already (pid 4711)" in ran.stderr
    assert not (var / "postgres").exists()
