"""Web servers under test: two workers each, on 127.0.0.1, stopped at the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded import ports, state

_PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running server; its processes are one group, led by `pid`."""

    port: int
    pid: int


@contextmanager
def wallet() -> Iterator[Server]:
    """Our own server, as script/server runs it: access log and metrics are on."""
    port = ports.choose()
    command = [
        *("granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
        *(
            "--port",
            str(port),
            "--workers",
            "2",
            "--blocking-threads",
            "32",
            "--respawn-failed-workers",
        ),
        "config.wsgi:application",
    ]
    with _running(command, port, {}, "wallet") as server:
        yield server


@contextmanager
def peer(module: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """One of `benchmarks.peers` under uvicorn, which writes no access log."""
    port = ports.choose()
    command = [
        *("uvicorn", f"benchmarks.peers.{module}:app", "--workers", "2", "--host", "127.0.0.1"),
        *("--port", str(port), "--log-level", "error", "--no-access-log"),
    ]
    with _running(command, port, settings, module) as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str], port: int, settings: Mapping[str, str], name: str
) -> Iterator[Server]:
    log = state.VAR / "log" / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=state.ROOT,
            env=os.environ | dict(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(process, port, log)
            yield Server(port, process.pid)
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"a server did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
