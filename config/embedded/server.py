"""`script/server`: everything of one installation, in the foreground, under one supervisor."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from config.embedded import dependencies, ports, state
from config.embedded.errors import LauncherRefusal
from config.embedded.installation import Installation
from config.embedded.progress import Progress
from config.embedded.supervisor import Program, Supervisor, clear_orphans

_READY_WITHIN = 90.0
_DEMO_PASSWORD = "demo-Pass-2468"  # noqa: S105 -- printed for everybody, embedded mode only
_DEMO_LOGINS = ("alice", "bob", "staff", "admin", "root")


class Interrupted(Exception):
    """Somebody asked us to stop while we were still setting up."""


class Signals:
    """Ctrl-C, SIGTERM and SIGHUP: the first asks us to stop, a second to be quick about it."""

    def __init__(self) -> None:
        self.asked = 0
        self.interrupting = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
        if self.interrupting and self.asked == 1:
            raise Interrupted

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Notice a signal only after the block, where stopping half-way would leave a mess."""
        self.interrupting = False
        yield
        self.interrupting = True
        if self.asked:
            raise Interrupted

    def stop_asked(self) -> bool:
        return self.asked > 0

    def hurry_asked(self) -> bool:
        return self.asked > 1


def run() -> int:
    """Set up, run until asked to stop, stop; return the exit status."""
    progress = Progress()
    try:
        _run(Signals(), progress)
    except Interrupted:
        progress.say("stopped")
    return 0


def _run(signals: Signals, progress: Progress) -> None:
    host = os.environ.get("HOST") or "127.0.0.1"
    port = _port_from(os.environ.get("PORT") or "8000")
    with _the_only_server(state.VAR):
        clear_orphans(state.VAR, progress)
        _claim(host, port)
        python = dependencies.install("embedded", progress)
        if "DATABASE_URL" in os.environ:
            _serve(python, host, port, progress, signals)
        else:
            _serve_embedded(python, host, port, progress, signals)


def _serve_embedded(
    python: Path, host: str, port: int, progress: Progress, signals: Signals
) -> None:
    installation = Installation()
    with ExitStack() as stack:
        with signals.postponed():
            stack.enter_context(installation.in_use())
        installation.remember_web(host, port)
        progress.say(f"PostgreSQL listens on 127.0.0.1:{installation.state['postgres']['port']}")
        _serve(python, host, port, progress, signals, installation)
        progress.say("stopping PostgreSQL")
    progress.say("stopped; the data are in " + str(state.VAR))


def _serve(
    python: Path,
    host: str,
    port: int,
    progress: Progress,
    signals: Signals,
    installation: Installation | None = None,
) -> None:
    _manage(python, "prepare_database", progress, "the database is up to date")
    if installation:
        _manage(python, "load_demo", progress, "the demo data are there")
    supervisor = Supervisor(
        _programs(python, host, port), var=state.VAR, directory=state.ROOT, progress=progress
    )
    # From here on a signal is noticed by the loop: nothing is left half-started.
    signals.interrupting = False
    try:
        supervisor.start()
        _wait_until_ready(supervisor, host, port, progress, signals)
        if not signals.stop_asked():
            _greet(host, port, progress, demo=installation is not None)

        def look_at_database() -> None:
            if installation and installation.cluster.postmaster() is None:
                progress.say("PostgreSQL is gone; starting it again")
                moved = installation.revive()
                progress.say("PostgreSQL is back")
                if moved:
                    supervisor.restart()

        supervisor.watch(signals.stop_asked, every_second=look_at_database)
        progress.say("stopping")
    finally:
        supervisor.stop(signals.hurry_asked)


def _programs(python: Path, host: str, port: int) -> list[Program]:
    celery = [str(python), "-m", "celery", "--app", "config.celery"]
    return [
        Program(
            "web",
            [
                *(str(python), "-m", "granian", "--interface", "wsgi", "--no-ws"),
                *("--host", _address_of(host), "--port", str(port), "--workers", "2"),
                # Bounded, for each thread holds a database connection; and many, for here the
                # provider is simulated by the same server, which must have a thread to answer.
                *("--blocking-threads", "64"),
                *("--respawn-failed-workers", "--respawn-interval", "0.2"),
                *("--workers-kill-timeout", "10", "config.wsgi:application"),
            ],
        ),
        Program(
            "worker",
            [
                *(*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"),
                # Nobody listens, and the queue in PostgreSQL refuses such messages, each a line
                # in its log.
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            # Longer than any provider may keep a task waiting.
            patience=20.0,
        ),
        Program("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile="]),
    ]


def _manage(python: Path, command: str, progress: Progress, done: str) -> None:
    """Run a management command; raises `LauncherRefusal` with the end of what it said."""
    ran = subprocess.run(
        [str(python), "manage.py", command],
        cwd=state.ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        end = "\n".join((ran.stdout + ran.stderr).splitlines()[-20:])
        raise LauncherRefusal(f"manage.py {command} failed:\n{end}")
    progress.say(done)


def _wait_until_ready(
    supervisor: Supervisor, host: str, port: int, progress: Progress, signals: Signals
) -> None:
    """Wait for the first answer of the web server; raises `LauncherRefusal`."""
    web = supervisor.children[0]
    deadline = time.monotonic() + _READY_WITHIN
    ready_or_hopeless = [False]

    def look() -> None:
        ready_or_hopeless[0] = _answers(host, port) or time.monotonic() > deadline or web.falls > 2

    supervisor.watch(lambda: ready_or_hopeless[0] or signals.stop_asked(), every_second=look)
    if signals.stop_asked():
        return
    if not _answers(host, port):
        raise LauncherRefusal(f"the web server does not come up; its log ends:\n{web.last_words()}")
    progress.say("web, worker and scheduler are running")


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _greet(host: str, port: int, progress: Progress, *, demo: bool) -> None:
    origin = state.origin({"web": {"host": host, "port": port}})
    lines = [
        "",
        f"  welcome page    {origin}/",
        f"  API reference   {origin}/api/docs",
        f"  back office     {origin}/admin/",
    ]
    if demo and host in state.EVERYWHERE and "ALLOWED_HOSTS" not in os.environ:
        lines += [f"  also answers    {' '.join(state.names(host))}; ALLOWED_HOSTS=... for others"]
    if demo:
        lines += [
            f"  mail sent here  {origin}/dev/mail/",
            "",
            f"  demo logins, password {_DEMO_PASSWORD}:",
            "  " + "  ".join(f"{name}@example.com" for name in _DEMO_LOGINS),
        ]
    lines += ["", f"  logs in {state.VAR / 'log'}; stop with Ctrl-C", ""]
    progress.plain("\n".join(lines))


@contextmanager
def _the_only_server(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise LauncherRefusal(
                f"a server of this checkout runs already (pid {lock.read().strip()}); stop it "
                "first, or use another checkout with another PORT."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _port_from(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65_536:
        raise LauncherRefusal(f"PORT={text} is not a port: use a number from 1 to 65535.")
    return int(text)


def _claim(host: str, port: int) -> None:
    try:
        free = ports.is_free(host, port)
    except socket.gaierror:
        raise LauncherRefusal(f"HOST={host} is not an address of this machine.") from None
    if not free:
        raise LauncherRefusal(
            f"port {port} on {host} is taken; choose another: PORT={port + 1} script/server"
        )


def _address_of(host: str) -> str:
    """Return the numeric address of a host name: the web server takes nothing else."""
    return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- read, not bound
