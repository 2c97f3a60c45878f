"""Real processes: short Python programs that write down what happens to them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded import processes
from config.embedded.progress import Progress
from config.embedded.supervisor import Program, Supervisor, clear_orphans

SLEEPER = "import time, os, sys; print('up', os.getpid(), flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPER
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("asked to stop", flush=True), sys.exit(0)))
print("up", flush=True)
time.sleep(60)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"


class Scene:
    """A supervisor with one program called `one`, and eyes for its log."""

    def __init__(self, var: Path, progress: Progress, code: str, patience: float = 5.0) -> None:
        command = [sys.executable, "-c", code]
        self.supervisor = Supervisor(
            [Program("one", command, patience)], var=var, directory=var, progress=progress
        )
        self.log = var / "log" / "one.log"
        self.child = self.supervisor.children[0]

    def until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        self.supervisor.watch(
            lambda: happened() or time.monotonic() > deadline, every_second=lambda: None
        )
        assert happened()

    def said(self, text: str, times: int = 1) -> Callable[[], bool]:
        return lambda: self.log.exists() and self.log.read_text().count(text) >= times

    def pid(self) -> int:
        assert self.child.process
        return self.child.process.pid


type_of_scene = Callable[..., Scene]


@pytest.fixture
def scene(var: Path, progress: Progress) -> Iterator[type_of_scene]:
    scenes: list[Scene] = []

    def make(code: str, patience: float = 5.0) -> Scene:
        scenes.append(Scene(var, progress, code, patience))
        return scenes[-1]

    yield make
    for one in scenes:
        one.supervisor.stop(lambda: True)


def test_a_dead_program_is_started_again_and_said_so(scene: type_of_scene, tmp_path: Path) -> None:
    one = scene(SLEEPER)
    one.supervisor.start()
    one.until(one.said("up"))
    first = one.pid()

    os.kill(first, signal.SIGKILL)
    one.until(one.said("up", times=2))

    assert one.pid() != first
    assert "one was killed by signal 9; starting it again" in (tmp_path / "terminal").read_text()


def test_a_program_that_keeps_dying_is_started_less_and_less_often(scene: type_of_scene) -> None:
    one = scene("print('up', flush=True); raise SystemExit(3)")
    one.supervisor.start()
    started = time.monotonic()

    one.until(lambda: one.child.falls == 3)

    assert time.monotonic() - started > 0.25 + 0.5


def test_stopping_asks_and_waits(scene: type_of_scene) -> None:
    one = scene(POLITE)
    one.supervisor.start()
    one.until(one.said("up"))

    one.supervisor.stop(lambda: False)

    assert one.said("asked to stop")()
    assert one.child.process is None


def test_who_does_not_stop_is_killed_after_its_patience(scene: type_of_scene) -> None:
    one = scene(STUBBORN, patience=0.5)
    one.supervisor.start()
    one.until(one.said("up"))
    pid = one.pid()

    one.supervisor.stop(lambda: False)

    assert processes.command_of(pid) is None


def test_a_second_request_to_stop_cuts_the_patience(scene: type_of_scene) -> None:
    one = scene(STUBBORN, patience=60)
    one.supervisor.start()
    one.until(one.said("up"))
    started = time.monotonic()

    one.supervisor.stop(lambda: True)

    assert time.monotonic() - started < 5


def test_a_log_that_grew_too_long_is_set_aside(
    scene: type_of_scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.supervisor._LOG_LIMIT", 100)
    one = scene("import time\nfor n in range(999): print(n, flush=True); time.sleep(0.05)")
    one.supervisor.start()

    one.until(lambda: one.log.with_suffix(".log.1").exists())
    kept = one.log.with_suffix(".log.1").read_text()
    one.until(lambda: one.log.stat().st_size > 0)

    assert kept.startswith("0\n1\n")
    assert int(one.log.read_text().split()[0]) > int(kept.split()[-1])


def test_the_children_of_a_killed_program_do_not_live_on(scene: type_of_scene) -> None:
    one = scene(PARENT)
    one.supervisor.start()
    one.until(one.said("up"))
    grandchild = int(one.log.read_text().split()[1])

    os.kill(one.pid(), signal.SIGKILL)
    one.until(lambda: one.child.falls == 1)

    assert gone(grandchild)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while processes.command_of(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes.command_of(pid) is None


SUPERVISOR = """
import sys
from pathlib import Path
from config.embedded.progress import Progress
from config.embedded.supervisor import Program, Supervisor
var = Path(sys.argv[1])
one = Supervisor(
    [Program("one", [sys.executable, "-c", sys.argv[2]])],
    var=var, directory=var, progress=Progress(),
)
one.start()
one.watch(lambda: False, every_second=lambda: None)
"""


def killed_supervisor(var: Path, code: str) -> int:
    """Let a supervisor start a program, kill it with -9; return the program's pid."""
    with subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(var), code]) as supervisor:
        log = var / "log" / "one.log"
        while not log.exists() or "up" not in log.read_text():
            time.sleep(0.05)
        supervisor.kill()
    pid: int = json.loads((var / "children.json").read_text())[0]["pid"]
    return pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_programs_end_with_a_killed_supervisor(var: Path) -> None:
    pid = killed_supervisor(var, SLEEPER)

    assert gone(pid)


def test_what_a_killed_supervisor_left_is_cleared_away(var: Path, progress: Progress) -> None:
    pid = killed_supervisor(var, STUBBORN)
    assert processes.command_of(pid)

    clear_orphans(var, progress, patience=0.5)

    assert gone(pid)
    assert not (var / "children.json").exists()


def test_another_program_with_the_old_pid_is_left_alone(var: Path, progress: Progress) -> None:
    var.mkdir()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        record = [{"pid": other.pid, "command": [sys.executable, "-m", "granian"]}]
        (var / "children.json").write_text(json.dumps(record))

        clear_orphans(var, progress)

        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("record", ["", "{", "[]"])
def test_a_torn_record_is_no_obstacle(var: Path, progress: Progress, record: str) -> None:
    var.mkdir()
    (var / "children.json").write_text(record)

    clear_orphans(var, progress)
