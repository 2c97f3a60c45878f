"""Twenty people log in at the same instant: how long do they wait, and what memory does it take?

    .venv/bin/python -m benchmarks.logins --rounds 10

Starts a server of its own beside the installation whose `script/server` is running, or in the
environment it is called in, and makes people there. Exits with 1 when the slowest twentieth waits
two seconds or more, when 500 MB more are needed than at rest, or when somebody is not let in.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Thread

import django
import requests

from benchmarks import servers

LONGEST_SECONDS, MOST_MEGABYTES = 2.0, 500.0
PASSWORD = "violet-Anchor-31"  # noqa: S105 -- of people made for this, and of nobody else

_PROC = Path("/proc")


def main() -> int:
    arguments = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    emails = _people(arguments.people)
    with servers.wallet() as server:
        url = f"http://127.0.0.1:{server.port}/api/v1/auth/login"
        # One after another: every worker has loaded what a login needs, and for one at a time.
        for email in emails:
            Crowd(url, [email]).log_in()
        processes = group(server.pid)
        resting = megabytes(processes)
        crowd = Crowd(url, emails)
        with Peak(processes) as peak:
            times = [took for _ in range(arguments.rounds) for took in crowd.log_in()]
        more = peak.megabytes - resting

    slow = statistics.quantiles(times, n=20)[-1]
    sys.stdout.write(
        f"{len(times)} logins, {len(emails)} at once: median {statistics.median(times):.2f} s, "
        f"p95 {slow:.2f} s, longest {max(times):.2f} s; "
        f"{resting:.0f} MB at rest in {len(processes)} processes, at most {more:+.0f} MB\n"
    )
    return int(slow >= LONGEST_SECONDS or more >= MOST_MEGABYTES)


class Crowd:
    """People who log in together, each over a connection of their own."""

    def __init__(self, url: str, emails: list[str]) -> None:
        self._url, self._emails = url, emails

    def log_in(self) -> list[float]:
        """Return how many seconds each of them waited. Raises `HTTPError` if one is refused."""
        together = Barrier(len(self._emails))

        def one(email: str) -> float:
            body = {"email": email, "password": PASSWORD}
            together.wait()
            begun = time.perf_counter()
            requests.post(self._url, json=body, timeout=60).raise_for_status()
            return time.perf_counter() - begun

        with ThreadPoolExecutor(len(self._emails)) as pool:
            return list(pool.map(one, self._emails))


class Peak:
    """The most memory that processes hold together, looked at every few milliseconds.

    A hash holds its memory for ten times as long.
    """

    def __init__(self, processes: list[int]) -> None:
        self.megabytes = 0.0
        self._processes = processes
        self._ended = Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.003):
            self.megabytes = max(self.megabytes, megabytes(self._processes))


def _people(number: int) -> list[str]:
    from accounts.operations import add_person  # noqa: PLC0415 -- models need Django set up

    run = secrets.token_hex(4)
    emails = [f"crowd-{run}-{one}@example.com" for one in range(number)]
    for email in emails:
        add_person(email=email, password=PASSWORD)
    return emails


def group(leader: int) -> list[int]:
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if _is_in(pid, leader)]


def _is_in(pid: int, leader: int) -> bool:
    try:
        return os.getpgid(pid) == leader
    except ProcessLookupError:
        return False


def megabytes(processes: list[int]) -> float:
    pages = sum(int((_PROC / str(pid) / "statm").read_text().split()[1]) for pid in processes)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.logins", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
