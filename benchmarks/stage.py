"""A private PostgreSQL with a crowd in it, for one run of the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import connection, connections

from benchmarks.meters import Meter
from config.embedded import state
from config.embedded.binaries import find
from config.embedded.installation import Installation

SQL = Path(__file__).with_name("sql")
LIMIT, STAND_IN = "purser_limit", "stand_in"


@dataclass(frozen=True)
class Login:
    """How a database of the stage is reached."""

    host: str
    port: int
    user: str
    password: str
    database: str

    def url(self) -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"


@dataclass(frozen=True)
class Member:
    """One of the crowd: what HTTP clients know, and what operations know."""

    token: str
    number: str
    account_id: int
    owner_id: str


@dataclass(frozen=True)
class Stage:
    installation: Installation
    crowd: list[Member]
    meter: Meter

    def superuser(self, database: str) -> Login:
        postgres = self.installation.state["postgres"]
        password = postgres["superuser_password"]
        return Login("127.0.0.1", postgres["port"], state.SUPERUSER, password, database)

    def copy(self, name: str) -> None:
        """Make a copy of the wallet's database as it is now."""
        connections.close_all()
        self.execute(f"CREATE DATABASE {name} TEMPLATE {state.DATABASE} OWNER {state.OWNER_ROLE};")

    def execute(self, script: str) -> None:
        """Run a psql script as superuser; raises `LauncherRefusal`."""
        postgres = self.installation.state["postgres"]
        self.installation.cluster.execute(
            script, port=postgres["port"], password=postgres["superuser_password"]
        )

    def programs(self) -> Path:
        """Where pgbench of the very same PostgreSQL is."""
        return find()


@contextmanager
def open_stage(users: int, say: Callable[[str], None]) -> Iterator[Stage]:
    """Start a cluster under `PURSER_VAR`, make the schema and the crowd; stop it at the end."""
    with Installation().in_use() as installation:
        say("PostgreSQL is up")
        _manage("migrate", "--verbosity", "0")
        django.setup()
        postmaster = installation.cluster.postmaster()
        if postmaster is None:
            raise RuntimeError("PostgreSQL is gone.")
        stage = Stage(installation, _crowd(users, say), Meter(postmaster.pid))
        stage.execute((SQL / "limit.sql").read_text())
        # Fresh tables have no statistics until autovacuum passes by; here nobody waits for it.
        for name in (state.DATABASE, LIMIT):
            stage.execute(f"\\connect {name}\nVACUUM ANALYZE;\nCHECKPOINT;")
        say(f"{users:,} people with funded wallets are there")
        yield stage
        connections.close_all()


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Let Django work in another database of the same cluster."""
    connections.close_all()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = usual


def _manage(*arguments: str) -> None:
    environment = os.environ | {"PURSER_DATABASE_ROLE": "owner"}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=state.ROOT, env=environment, check=True)


def _crowd(users: int, say: Callable[[str], None]) -> list[Member]:
    from config import population  # noqa: PLC0415 -- models need Django set up
    from wallets.models import Wallet  # noqa: PLC0415

    tokens = {
        member.wallet: member.access_token
        for member in population.gather(users, report=lambda done: say(f"{done:,} people"))
    }
    wallets = Wallet.objects.filter(number__in=list(tokens)).order_by("account_id")
    return [
        Member(tokens[wallet.number], wallet.number, wallet.account_id, str(wallet.owner_id))
        for wallet in wallets
    ]
