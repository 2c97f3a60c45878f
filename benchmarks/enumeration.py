"""Does the time of an answer tell which addresses are known? Against a running `script/server`.

    .venv/bin/python -m benchmarks.enumeration --origin http://127.0.0.1:8000 --samples 200

Signs up as many people as samples are wanted, then asks of each and of as many strangers, in turn.
Exits with 1 when the medians of known and unknown differ by more than 20 ms.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import sys
import time
from collections.abc import Callable

import requests

MOST_APART_MS = 20.0
PASSWORD = "violet-Anchor-31"  # noqa: S105 -- of people made for this, and of nobody else

FLOWS: dict[str, tuple[str, Callable[[str], dict[str, str]]]] = {
    "login": ("auth/login", lambda email: {"email": email, "password": "wrong-Pass-0000"}),
    "sign-up": ("auth/signup", lambda email: {"email": email, "password": PASSWORD}),
    "reset": ("auth/password/request", lambda email: {"email": email}),
}


def main() -> int:
    arguments = _arguments()
    ask = Asker(arguments.origin)
    run = secrets.token_hex(4)
    known = [f"known-{run}-{number}@example.com" for number in range(arguments.samples)]
    for email in known:
        ask("sign-up", email)

    told_apart = False
    for flow in FLOWS:
        times: dict[bool, list[float]] = {True: [], False: []}
        answers: dict[bool, set[int]] = {True: set(), False: set()}
        for number, email in enumerate(known):
            stranger = f"unknown-{flow}-{run}-{number}@example.com"
            # In turn, and each first as often: what else the machine does hits both alike.
            for is_known in (True, False) if number % 2 else (False, True):
                status, took = ask(flow, email if is_known else stranger)
                times[is_known].append(took)
                answers[is_known].add(status)
        apart = statistics.median(times[True]) - statistics.median(times[False])
        told_apart |= abs(apart) > MOST_APART_MS or answers[True] != answers[False]
        sys.stdout.write(
            f"{flow:8} known {statistics.median(times[True]):6.1f} ms {sorted(answers[True])}   "
            f"unknown {statistics.median(times[False]):6.1f} ms {sorted(answers[False])}   "
            f"apart {apart:+.1f} ms\n"
        )
    return int(told_apart)


class Asker:
    """Asks one server over one connection; answers status and milliseconds."""

    def __init__(self, origin: str) -> None:
        self._base = f"{origin}/api/v1/"
        self._session = requests.Session()

    def __call__(self, flow: str, email: str) -> tuple[int, float]:
        path, body = FLOWS[flow]
        begun = time.perf_counter()
        answer = self._session.post(self._base + path, json=body(email), timeout=30)
        return answer.status_code, (time.perf_counter() - begun) * 1000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.enumeration", description=__doc__)
    parser.add_argument("--origin", default="http://127.0.0.1:8000")
    parser.add_argument("--samples", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
