"""Load over HTTP: wrk where it is installed, else our own generator."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.meters import Watch, Work, ended_children
from benchmarks.servers import Server
from config.embedded import state

_LUA = Path(__file__).with_name("load.lua")
_RESULT = re.compile(r"RESULT (\d+) ([\d.]+) (\d+) ([\d.]+) ([\d.]+)")


@dataclass(frozen=True)
class Requests:
    """Requests of one kind. `members` is a file of lines `token source destination`."""

    members: Path
    path: str
    method: str = "GET"
    body: str = ""
    pattern: str = "uniform"


def write_members(name: str, members: Iterable[tuple[str, str, str]]) -> Path:
    """Write the file that `Requests` wants."""
    path = state.VAR / f"{name}.txt"
    path.write_text("".join(f"{' '.join(member)}\n" for member in members))
    return path


def generator() -> str:
    """Return the name of the load generator of this machine."""
    return "wrk" if shutil.which("wrk") else "benchmarks.generator"


def load(
    server: Server, requests: Requests, watch: Watch, *, connections: int, seconds: float
) -> Work:
    """Send requests over so many connections for so many seconds."""
    arguments = [requests.method, requests.path, requests.body, requests.pattern]
    arguments.append(str(requests.members))
    if generator() == "wrk":
        command = [
            *("wrk", "--threads", str(min(connections, 2)), "--connections", str(connections)),
            *("--duration", f"{max(1, round(seconds))}s", "--script", str(_LUA)),
            *(f"http://127.0.0.1:{server.port}", "--", *arguments),
        ]
    else:
        command = [sys.executable, "-m", "benchmarks.generator", str(server.port)]
        command += [str(connections), str(seconds), *arguments]
    watch.restart()
    cpu, driver = watch.meter.group(server.pid), ended_children()
    ran = subprocess.run(command, cwd=state.ROOT, capture_output=True, text=True, check=False)
    found = _RESULT.search(ran.stdout)
    if found is None:
        raise RuntimeError(f"no load was made:\n{ran.stdout[-1000:]}{ran.stderr[-1000:]}")
    return Work(
        operations=int(found[1]),
        seconds=float(found[2]),
        cpu_seconds=watch.meter.group(server.pid) - cpu,
        errors=int(found[3]),
        driver_seconds=ended_children() - driver,
        p50_ms=float(found[4]),
        p99_ms=float(found[5]),
    )
