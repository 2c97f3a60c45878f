"""An installation of its own to be cruel to: `script/server` with a data directory of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.chaos.client import Person
from config.embedded import ports, processes, state
from config.embedded.errors import LauncherRefusal
from config.embedded.postgres import Cluster

_READY_WITHIN = 180.0


class Server:
    """A running installation under `var`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = ports.choose()
        self._environment = processes.bare_environment() | {
            "PURSER_VAR": str(var),
            "PORT": str(self.port),
        }
        self._cluster = Cluster(var)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep it running inside the block; raises `LauncherRefusal` when it does not come up."""
        output = (self.var / "server.out").open("wb")
        command = [sys.executable, "script/server"]
        with (
            output,
            subprocess.Popen(
                command,
                cwd=state.ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as server,
        ):
            try:
                self._wait_until_ready(server)
                yield
            finally:
                server.terminate()
                server.wait(timeout=120)

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        said = self.var / "server.out"
        while "stop with Ctrl-C" not in said.read_text():
            if server.poll() is not None or time.monotonic() > deadline:
                raise LauncherRefusal(f"the server does not start:\n{said.read_text()}")
            time.sleep(0.2)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command against this installation."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=state.ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def seed(self, users: int) -> list[Person]:
        """Make people with funded wallets."""
        seeded = self.manage("seed_benchmark", "--users", str(users), "--json")
        if seeded.returncode:
            raise LauncherRefusal(f"nobody could be seeded:\n{seeded.stderr}")
        return [Person(one["wallet"], one["access_token"]) for one in json.loads(seeded.stdout)]

    def database_url(self) -> str:
        """Return the owner's login, which may read everything."""
        return state.variables(state.load(self.var / "state.json"))["DATABASE_OWNER_URL"]

    def leader(self, program: str) -> int:
        """Return the pid of `web`, `worker`, `beat`, or `postgres`."""
        if program == "postgres":
            postmaster = self._cluster.postmaster()
            return postmaster.pid if postmaster else 0
        record: list[dict[str, Any]] = json.loads((self.var / "children.json").read_text())
        return int(next((one["pid"] for one in record if one["name"] == program), 0))

    def strike(self, program: str, *, child: bool) -> int:
        """Kill a program's leader, or one of its children, with -9; return the pid."""
        leader = self.leader(program)
        children = [pid for pid in processes.members_of_group(leader) if pid != leader]
        victim = children[0] if child and children else leader
        if not victim:
            raise LauncherRefusal(f"{program} does not run, so it cannot be killed")
        os.kill(victim, signal.SIGKILL)
        return victim
