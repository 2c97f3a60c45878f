"""`script/test`: the test suite against the embedded PostgreSQL, or the one that is set."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from config.embedded import dependencies, state
from config.embedded.installation import Installation
from config.embedded.progress import Progress

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ONE_PROCESS = ("-n", "--numprocesses", "--pdb", "-p", "--collect-only", "--co", "--fixtures")


def run(arguments: list[str]) -> int:
    """Set up and run pytest with `arguments`; return its exit status."""
    # Not stdout: that is pytest's, and may be read by a program.
    progress = Progress(sys.stderr)
    python = dependencies.install("dev", progress)
    if "DATABASE_URL" in os.environ:
        return _pytest(python, arguments, progress)
    with Installation().in_use() as running:
        progress.say(f"PostgreSQL listens on 127.0.0.1:{running.state['postgres']['port']}")
        return _pytest(python, arguments, progress)


def _pytest(python: Path, arguments: list[str], progress: Progress) -> int:
    command = [str(python), "-m", "pytest"]
    if not any(argument.startswith(_ONE_PROCESS) for argument in arguments):
        command += ["-n", str(_processors())]
    if "-m" not in arguments and not any(shutil.which(name) for name in _BROWSERS):
        progress.say("no Chromium was found (apt install chromium): browser tests are left out")
        command += ["-m", "not browser"]
    # Test databases are made by the owner; the tests themselves act as the application.
    environment = os.environ | {"PURSER_DATABASE_ROLE": "owner"}
    with subprocess.Popen([*command, *arguments], cwd=state.ROOT, env=environment) as pytest:
        # A terminal's Ctrl-C reaches pytest directly; it ends, and then so do we.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, _frame: pytest.send_signal(number))
        return pytest.wait()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
