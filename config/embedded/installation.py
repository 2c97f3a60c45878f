"""An embedded installation in use: its state, its secrets and its running PostgreSQL.

The server, the tests and single commands may use it at the same time. Each holds a shared
lock while it does; the first one in starts PostgreSQL, and the last one out stops it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from config.embedded import keys, ports, state
from config.embedded.errors import LauncherRefusal, NotSetUp
from config.embedded.postgres import Cluster

_ROLES = Path(__file__).with_name("roles.sql")


class Installation:
    """The installation under `var`."""

    def __init__(self, var: Path = state.VAR) -> None:
        self._var = var
        self._state_file = var / "state.json"
        self.cluster = Cluster(var)
        self.state: dict[str, Any] = {}

    @contextmanager
    def in_use(self) -> Iterator[Installation]:
        """Keep PostgreSQL running inside the block; raises `LauncherRefusal`."""
        self._var.mkdir(parents=True, exist_ok=True)
        with (self._var / "postgres.users").open("w") as users:
            try:
                with self._alone():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    self._start()
                yield self
            finally:
                with self._alone():
                    if _nobody_else(users):
                        self.cluster.stop()

    def revive(self) -> bool:
        """Start PostgreSQL again when it died; return whether its port is another now."""
        with self._alone():
            before = self.state["postgres"]["port"]
            self._start()
        return bool(self.state["postgres"]["port"] != before)

    def remember_web(self, host: str, port: int) -> None:
        """Remember where the web server listens: links are made of it."""
        with self._alone():
            self.state = state.load(self._state_file)
            self.state["web"] = {"host": host, "port": port}
            state.save(self.state, self._state_file)

    def _start(self) -> None:
        self._load()
        postgres = self.state["postgres"]
        if not self.cluster.exists():
            self.cluster.make(postgres["superuser_password"])
        port = self.cluster.start(postgres["port"])
        if port != postgres["port"]:
            postgres["port"] = port
            state.save(self.state, self._state_file)
        if not postgres.get("prepared"):
            self.cluster.execute(
                _ROLES.read_text(encoding="utf-8"),
                port=port,
                password=postgres["superuser_password"],
                owner_password=postgres["owner_password"],
                app_password=postgres["app_password"],
            )
            postgres["prepared"] = True
            state.save(self.state, self._state_file)

    def _load(self) -> None:
        try:
            self.state = state.load(self._state_file)
        except NotSetUp:
            if self.cluster.exists():
                raise LauncherRefusal(
                    f"{self._state_file} is gone, and with it the passwords and keys of the data "
                    f"in {self.cluster.data}: bring it back, or delete {self._var} and its data."
                ) from None
            self.state = {}
        incomplete = keys.complete(self.state)
        if "port" not in self.state["postgres"]:
            self.state["postgres"]["port"] = ports.choose()
            self.state.setdefault("web", {"host": "127.0.0.1", "port": 8000})
            incomplete = True
        if incomplete:
            state.save(self.state, self._state_file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._var / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _nobody_else(users: TextIO) -> bool:
    """Give up our share; return whether it was the last one."""
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
