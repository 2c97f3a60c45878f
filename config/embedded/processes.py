"""Looking at processes that we may or may not have started: are they alive, are they ours?"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

# What programs need of the machine, and how it reaches the package index.
_MACHINE = {"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PG_BIN", "TMPDIR"}
_NETWORK = ("PIP_", "UV_", "SSL_", "REQUESTS_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def bare_environment() -> dict[str, str]:
    """Return our variables without any that an installation could be configured with.

    Those belong to whatever runs us: an operator's database, or a test's.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in _MACHINE or name.upper().startswith(_NETWORK)
    }


def command_of(pid: int) -> list[str] | None:
    """Return the arguments of a live process, or None when it is gone or a zombie."""
    if not (_PROC / "self").exists():
        return _command_from_ps(pid)
    try:
        state = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        command = (_PROC / str(pid) / "cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else command.removesuffix("\0").split("\0")


def _command_from_ps(pid: int) -> list[str] | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return None if not shown or shown[0].startswith("Z") else shown[1:]


def members_of_group(group: int) -> list[int]:
    """Return the live processes of a process group (on Linux; elsewhere an empty list)."""
    members = []
    for entry in _PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            members.append(int(entry.parent.name))
    return members


def die_with_parent() -> None:
    """In a child before exec: have the kernel send SIGTERM when the parent dies (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def signal_process(pid: int, number: int) -> None:
    """Send a signal to one process; one that is gone already is no error."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def signal_group(group: int, number: int) -> None:
    """Send a signal to a process group; one that is gone already is no error."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of which only zombies are left.
        return
