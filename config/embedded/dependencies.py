"""The Python environment `.venv`: made when missing, filled from a lock with hashes.

A stamp inside it names the locks that it was filled from, so that an unchanged lock costs
nothing and a changed one is installed before anything runs. An installation that was
interrupted leaves a mark, and the next one starts from an empty environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.errors import LauncherRefusal
from config.embedded.progress import Progress
from config.embedded.state import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# A lock contains all of what the ones after it in its line contain, in the same versions.
_CONTAINS = {
    "benchmarks": ("benchmarks", "dev", "embedded"),
    "dev": ("dev", "embedded"),
    "embedded": ("embedded",),
}


def install(lock: str, progress: Progress, *, root: Path = ROOT) -> Path:
    """Bring `.venv` in line with `requirements/<lock>.txt`; return its Python.

    Raises `LauncherRefusal` when the environment cannot be made or a package not be had.
    """
    venv = root / ".venv"
    with _alone(root):
        unfinished = venv / "installing"
        wanted = _digest(root, lock)
        if not unfinished.exists() and _stamp(venv).get(lock) == wanted and _works(venv):
            return venv / "bin" / "python"
        emptied = unfinished.exists() or not _works(venv)
        _bring_in_line(venv, root / "requirements" / f"{lock}.txt", progress, emptied=emptied)
        digests = {name: _digest(root, name) for name in _CONTAINS[lock]}
        (venv / "locks.json").write_text(json.dumps(digests))
        unfinished.unlink()
    return venv / "bin" / "python"


def _bring_in_line(venv: Path, lock: Path, progress: Progress, *, emptied: bool) -> None:
    """Fill the environment with uv where there is one, else with pip.

    Where uv cannot, pip tries from the start: it may know another index or certificate.
    """
    uv = shutil.which("uv")
    try:
        _make_and_fill(venv, lock, progress, uv=uv, emptied=emptied)
    except LauncherRefusal as refusal:
        if uv is None or not _has_venv():
            raise
        progress.say(f"uv did not manage ({str(refusal).splitlines()[-1]}); trying with pip")
        _make_and_fill(venv, lock, progress, uv=None, emptied=True)


def _make_and_fill(
    venv: Path, lock: Path, progress: Progress, *, uv: str | None, emptied: bool
) -> None:
    if emptied:
        _create(venv, progress, uv=uv)
    (venv / "installing").touch()
    _fill(venv, lock, progress, uv=uv)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep two installs of one checkout apart; the directory itself carries the lock."""
    directory = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _digest(root: Path, lock: str) -> str:
    return hashlib.sha256((root / "requirements" / f"{lock}.txt").read_bytes()).hexdigest()


def _stamp(venv: Path) -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads((venv / "locks.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return stamp


def _works(venv: Path) -> bool:
    """Return whether the environment's Python starts and is new enough."""
    python = venv / "bin" / "python"
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return (
        python.exists() and subprocess.run([str(python), "-c", check], check=False).returncode == 0
    )


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def _create(venv: Path, progress: Progress, *, uv: str | None) -> None:
    progress.say(f"making the Python environment in {venv.name}/")
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)]
    elif _has_venv():
        command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    else:
        raise LauncherRefusal(
            "this Python has no complete venv module; install it and try again "
            "(Debian and Ubuntu: apt install python3-venv)."
        )
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise LauncherRefusal(
            f"the Python environment could not be made: {(made.stderr or made.stdout).strip()}"
        )


def _fill(venv: Path, lock: Path, progress: Progress, *, uv: str | None) -> None:
    python = str(venv / "bin" / "python")
    tool = "uv" if uv else "pip"
    if uv:
        command = [uv, "pip", "install", "--python", python]
    else:
        command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        command += ["--no-input", "--progress-bar", "off"]
    progress.say(f"installing {lock.parent.name}/{lock.name} with {tool}")
    command += ["--require-hashes", "-r", str(lock)]
    said: list[str] = []
    # The certificates of this machine, as pip uses them, under uv's newer and older name.
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=trust | os.environ,
    ) as installer:
        for line in installer.stdout or ():
            said.append(line)
            progress.passing(line.strip())
    if installer.returncode:
        raise LauncherRefusal(
            f"{tool} could not install {lock.name} (is the package index within reach?):\n"
            + "".join(said[-15:])
        )
