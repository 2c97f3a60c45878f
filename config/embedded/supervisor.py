"""Keeps a few programs running: starts them, restarts the dead, passes the signal to stop.

Each program leads its own process group, so that Ctrl-C at the terminal reaches only us and
the order of stopping is ours. To stop, only the leader is signalled: it knows how to end
its own children. When a leader was killed, what is left of its group is killed too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import processes
from config.embedded.progress import Progress

_TICK = 0.1
_LONGEST_DELAY = 30.0
# A program that ran this long has recovered: its next fall is a first one again.
_HEALTHY_AFTER = 60.0
_LOG_LIMIT = 20_000_000


@dataclass(frozen=True)
class Program:
    """What to run; `patience` is how many seconds it may take to stop by itself."""

    name: str
    command: Sequence[str]
    patience: float = 15.0


@dataclass
class Child:
    """A program's present process and its recent history."""

    program: Program
    log: Path
    falls: int = 0
    due_at: float | None = None
    started_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, environment: dict[str, str], directory: Path) -> None:
        """Start the program; its output is appended to its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.program.command),
                env=environment,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=processes.die_with_parent,  # noqa: PLW1509 -- one thread, no locks
            )
        self.started_at = time.monotonic()
        self.due_at = None

    def fell(self) -> int | None:
        """Return the exit status when the program just ended, and clear its group away."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        self.finish()
        return status

    def finish(self) -> None:
        """Kill what is left of the program and its children, and reap it."""
        if self.process:
            processes.signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def limit_log(self) -> None:
        """Set a log that grew too long aside, in place: the program goes on appending."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    def last_words(self, lines: int = 12) -> str:
        """Return the end of the program's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Supervisor:
    """Runs programs from one directory, with their logs and pid record under `var`."""

    def __init__(
        self, programs: Sequence[Program], *, var: Path, directory: Path, progress: Progress
    ) -> None:
        self._logs = var / "log"
        self._record = var / "children.json"
        self._directory = directory
        self._progress = progress
        self.environment = dict(os.environ, PYTHONUNBUFFERED="1")
        self._logs.mkdir(parents=True, exist_ok=True)
        self.children = [Child(one, self._logs / f"{one.name}.log") for one in programs]

    def start(self) -> None:
        """Start every program."""
        for child in self.children:
            child.start(self.environment, self._directory)
        self._remember()

    def watch(self, until: Callable[[], bool], *, every_second: Callable[[], None]) -> None:
        """Restart what dies, and call `every_second`, until `until()` says to end."""
        called_at = 0.0
        while not until():
            for child in self.children:
                self._look_after(child)
            if time.monotonic() - called_at >= 1.0:
                for child in self.children:
                    child.limit_log()
                every_second()
                called_at = time.monotonic()
            time.sleep(_TICK)

    def restart(self) -> None:
        """Stop every program and start it again, as when the database moved."""
        self.stop(lambda: False)
        self.start()

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Ask every program to stop and wait for each; `hurry()` cuts the patience to nothing."""
        asked_at = time.monotonic()
        for child in self.children:
            child.due_at = None
            if child.process:
                processes.signal_process(child.process.pid, signal.SIGTERM)
        for child in self.children:
            if child.process is None:
                continue
            deadline = asked_at + child.program.patience
            while child.process.poll() is None and time.monotonic() < deadline and not hurry():
                time.sleep(_TICK)
            child.finish()
            self._progress.say(f"{child.program.name} stopped")
        self._record.unlink(missing_ok=True)

    def _look_after(self, child: Child) -> None:
        status = child.fell()
        if status is not None:
            if time.monotonic() - child.started_at > _HEALTHY_AFTER:
                child.falls = 0
            delay = min(0.25 * 2**child.falls, _LONGEST_DELAY)
            child.falls += 1
            child.due_at = time.monotonic() + delay
            self._progress.say(
                f"{child.program.name} {_describe(status)}; starting it again in {delay:g} s "
                f"(see {child.log})"
            )
        if child.due_at is not None and time.monotonic() >= child.due_at:
            child.start(self.environment, self._directory)
            self._remember()

    def _remember(self) -> None:
        """Write down who runs, for the next start in case nobody stops them."""
        record = [
            {
                "name": child.program.name,
                "pid": child.process.pid,
                "command": list(child.program.command),
            }
            for child in self.children
            if child.process
        ]
        draft = self._record.with_suffix(".tmp")
        draft.write_text(json.dumps(record))
        draft.replace(self._record)


def clear_orphans(var: Path, progress: Progress, *, patience: float = 15.0) -> None:
    """Stop what a killed supervisor left behind, and nothing that only has its old pid."""
    record = var / "children.json"
    try:
        entries = json.loads(record.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return
    deadline = time.monotonic() + patience
    for entry in entries:
        pid, command = entry["pid"], entry["command"]
        if processes.command_of(pid) == command:
            progress.say(f"stopping pid {pid}, left behind by a server that was killed")
            processes.signal_process(pid, signal.SIGTERM)
            while processes.command_of(pid) == command and time.monotonic() < deadline:
                time.sleep(_TICK)
            if processes.command_of(pid) == command:
                processes.signal_process(pid, signal.SIGKILL)
        # Children of a leader that is gone: same group, same interpreter.
        for member in processes.members_of_group(pid):
            if (processes.command_of(member) or [""])[0] == command[0]:
                processes.signal_process(member, signal.SIGKILL)
    record.unlink(missing_ok=True)


def _describe(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
