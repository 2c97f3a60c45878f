"""One private PostgreSQL cluster: made, started or adopted, watched, stopped.

TCP on 127.0.0.1 only, passwords by SCRAM, data checksums, and no socket file, so that any
number of checkouts run side by side. Nothing here trades durability for speed: an answer
that was given survives a power cut.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config.embedded import binaries, guise, ports, processes, state
from config.embedded.errors import LauncherRefusal

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # What went wrong and no more: statements and details hold addresses of people. Whoever sent
    # the statement is told the rest.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
_PATIENCE = 90.0
# A child of a killed postmaster may hold its port for a moment, and everybody knows that port.
_PORT_PATIENCE = 3.0
_TRIES = 20


@dataclass(frozen=True)
class Postmaster:
    """What a live postmaster of our data directory says of itself."""

    pid: int
    port: int
    ready: bool


class Cluster:
    """The cluster whose data lie under `var`."""

    def __init__(self, var: Path) -> None:
        self.data = var / "postgres"
        self.log = var / "log" / "postgres.log"

    @cached_property
    def _programs(self) -> Path:
        return binaries.find()

    @cached_property
    def _guise(self) -> guise.Guise:
        return guise.choose(self.data)

    def exists(self) -> bool:
        """Return whether the cluster was made; a half-made one does not count."""
        return (self.data / "PG_VERSION").exists()

    def make(self, password: str) -> None:
        """Make the cluster, whole or not at all, with a superuser of that password."""
        draft = self.data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        secret = draft.with_suffix(".password")
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(password)
        self._guise.give(draft)
        self._guise.give(secret)
        made = self._run(
            "initdb",
            *("--pgdata", str(draft), "--username", state.SUPERUSER, "--pwfile", str(secret)),
            *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin"),
            *("--builtin-locale", "C.UTF-8", "--auth", "scram-sha-256", "--data-checksums"),
        )
        secret.unlink()
        if made.returncode:
            raise LauncherRefusal(f"PostgreSQL could not be set up: {made.stderr.strip()}")
        draft.rename(self.data)

    def start(self, port: int) -> int:
        """Start the cluster, or adopt the live one; return the port that it listens on.

        `port` is taken when it is free, else another. After a kill the last backends may
        still hold the shared memory, so a start that fails is tried again for a while.
        Raises `LauncherRefusal` with the end of the log when it does not come up.
        """
        self._prepare_log()
        deadline = time.monotonic() + _PATIENCE
        port_deadline = time.monotonic() + _PORT_PATIENCE
        failures = 0
        while time.monotonic() < deadline and failures < _TRIES:
            postmaster = self.postmaster()
            if postmaster and postmaster.ready:
                return postmaster.port
            if postmaster:
                time.sleep(0.1)
                continue
            if not ports.is_free("127.0.0.1", port):
                if time.monotonic() < port_deadline:
                    time.sleep(0.1)
                    continue
                port = ports.choose()
            if self._launch(port).returncode:
                failures += 1
                time.sleep(0.5)
        end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise LauncherRefusal(f"PostgreSQL did not start; the end of {self.log}:\n{end}")

    def postmaster(self) -> Postmaster | None:
        """Return the live postmaster of this cluster, or None; a stale pid file is removed.

        PostgreSQL itself trusts a pid that exists. It is wrong about a zombie that nobody
        reaped, and about a pid that another program got since.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            lines = pid_file.read_text().splitlines()
        except FileNotFoundError:
            return None
        pid = int(lines[0]) if lines else 0
        if str(self.data) not in (processes.command_of(pid) or []):
            pid_file.unlink(missing_ok=True)
            return None
        port = int(lines[3]) if len(lines) > 3 else 0
        return Postmaster(pid, port, ready=len(lines) > 7 and lines[7].startswith("ready"))

    def stop(self) -> None:
        """Stop the cluster: open transactions are rolled back, everything is on disk."""
        if self.postmaster():
            self._run("pg_ctl", "--pgdata", str(self.data), "-w", "-t", "60", "-m", "fast", "stop")

    def execute(self, script: str, *, port: int, password: str, **variables: str) -> None:
        """Run a psql script as superuser; raises `LauncherRefusal` with what psql said.

        Variables reach psql by its input: its command line can be read by everybody.
        """
        settings = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
        done = subprocess.run(
            [
                *(str(self._programs / "psql"), "--no-psqlrc", "--quiet", "--file", "-"),
                *("--set", "ON_ERROR_STOP=1", "--host", "127.0.0.1", "--port", str(port)),
                *("--username", state.SUPERUSER, "--dbname", "postgres"),
            ],
            input=settings + script,
            env=_environment() | {"PGPASSWORD": password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LauncherRefusal(f"the database could not be prepared: {done.stderr.strip()}")

    def _launch(self, port: int) -> subprocess.CompletedProcess[str]:
        settings = {**_SETTINGS, "port": str(port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        # pg_ctl's own pipes would stay open in the server and keep us waiting: no capture.
        return subprocess.run(
            [
                *(*self._guise.prefix, str(self._programs / "pg_ctl"), "start", "-w", "-t", "60"),
                *("--pgdata", str(self.data), "--log", str(self.log), "--options", options),
            ],
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            # Ctrl-C at our terminal is for the launcher, which stops the database last.
            start_new_session=True,
            **self._guise.identity(),
        )

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._guise.prefix, str(self._programs / program), *arguments],
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **self._guise.identity(),
        )

    def _prepare_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        self._guise.give(self.log)


def _environment() -> dict[str, str]:
    """Return ours without the variables that would steer libpq or PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
