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
        if unfinished.exists() or not _works(venv):
            _create(venv, progress)
        unfinished.touch()
        _fill(venv, root / "requirements" / f"{lock}.txt", progress)
        digests = {name: _digest(root, name) for name in _CONTAINS[lock]}
        (venv / "locks.json").write_text(json.dumps(digests))
        unfinished.unlink()
    return venv / "bin" / "python"


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


def _create(venv: Path, progress: Progress) -> None:
    progress.say(f"making the Python environment in {venv.name}/")
    uv = shutil.which("uv")
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)]
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
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


def _fill(venv: Path, lock: Path, progress: Progress) -> None:
    python = str(venv / "bin" / "python")
    uv = shutil.which("uv")
    tool = "uv" if uv else "pip"
    if uv:
        command = [uv, "pip", "install", "--python", python]
    else:
        command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        command += ["--no-input", "--progress-bar", "off"]
    progress.say(f"installing {lock.parent.name}/{lock.name} with {tool}")
    command += ["--require-hashes", "-r", str(lock)]
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as installer:
        for line in installer.stdout or ():
            said.append(line)
            progress.passing(line.strip())
    if installer.returncode:
        raise LauncherRefusal(
            f"{tool} could not install {lock.name} (is the package index within reach?):\n"
            + "".join(said[-15:])
        )
