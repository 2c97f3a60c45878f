"""The limit: hand-written SQL, driven by pgbench from the same PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess

from benchmarks.meters import Watch, Work, ended_children
from benchmarks.stage import LIMIT, SQL, Stage


def limit(stage: Stage, watch: Watch, *, pattern: str, clients: int, seconds: float) -> Work:
    """Run `limit_<pattern>.pgbench` with so many clients."""
    login = stage.superuser(LIMIT)
    jobs = min(clients, os.cpu_count() or 1)
    cpu = ended_children()
    watch.restart()
    ran = subprocess.run(
        [
            *(str(stage.programs() / "pgbench"), "--no-vacuum", "--protocol", "prepared"),
            *("--client", str(clients), "--jobs", str(jobs)),
            *(
                "--time",
                str(max(1, round(seconds))),
                "--file",
                str(SQL / f"limit_{pattern}.pgbench"),
            ),
            *("--file", str(SQL / f"limit_{pattern}.pgbench")),
            *("--host", login.host, "--port", str(login.port), "--username", login.user),
            login.database,
        ],
        env=os.environ | {"PGPASSWORD": login.password},
        capture_output=True,
        text=True,
        check=True,
    )
    done = _number(r"actually processed: (\d+)", ran.stdout)
    return Work(
        operations=int(done),
        seconds=done / _number(r"tps = ([\d.]+)", ran.stdout),
        cpu_seconds=ended_children() - cpu,
        errors=int(_number(r"failed transactions: (\d+)", ran.stdout)),
        p50_ms=_number(r"latency average = ([\d.]+)", ran.stdout),
    )


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"pgbench said something unexpected:\n{text}")
    return float(found[1])
