"""A provider tells of thousands of payments at once: how fast is each taken, and all credited?

    .venv/bin/python -m benchmarks.webhooks --events 3000 --rate 100

Works on the installation whose `script/server` is running: starts deposits there, lets the
simulated provider be paid, and sends its signed events in no order, one in twenty of them twice.
Exits with 1 when the slowest twentieth is answered later than 100 ms, when a deposit is not
credited a minute after the last event, or when one is credited twice.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local
from uuid import uuid4

import django
import requests

ACCEPTED_SECONDS, APPLIED_SECONDS = 0.1, 60.0
TWICE = 0.05
SEED = 20
THREADS = 32

_own = local()


@dataclass(frozen=True)
class Told:
    """One event as the provider sends it."""

    body: bytes
    signature: str


def main() -> int:
    arguments = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from benchmarks import webhook_books as books  # noqa: PLC0415 -- only now are there settings

    wallet = books.open_wallet()
    references = books.start_paid_deposits(wallet, arguments.events)
    events = _shuffled([_charge_success(name, books.secret()) for name in references])
    sys.stdout.write(f"{len(references):,} deposits are paid; sending {len(events):,} events\n")

    times = _send(f"{arguments.origin}/api/v1/webhooks/paystack", events, arguments.rate)
    sent = time.monotonic()
    while books.uncredited(wallet) and time.monotonic() - sent < APPLIED_SECONDS:
        time.sleep(0.25)
    took, left = time.monotonic() - sent, books.uncredited(wallet)

    slow = statistics.quantiles(times, n=20)[-1]
    twice = books.credited_minor(wallet) != books.DEPOSIT_MINOR * (len(references) - left)
    sys.stdout.write(
        f"accepted: median {statistics.median(times) * 1000:.0f} ms, p95 {slow * 1000:.0f} ms, "
        f"longest {max(times) * 1000:.0f} ms; {left:,} not credited {took:.1f} s after the last; "
        f"{'credited otherwise than once' if twice else 'each credited once'}\n"
    )
    return int(slow > ACCEPTED_SECONDS or left > 0 or twice)


def _charge_success(reference: str, secret: str) -> Told:
    number = int(hashlib.sha256(reference.encode()).hexdigest()[:12], 16)
    data = {"id": number, "status": "success", "reference": reference, "currency": "NGN"}
    body = json.dumps({"event": "charge.success", "data": data}).encode()
    return Told(body, hmac.new(secret.encode(), body, hashlib.sha512).hexdigest())


def _shuffled(events: list[Told]) -> list[Told]:
    dice = random.Random(SEED)
    sent = events + dice.sample(events, round(len(events) * TWICE))
    dice.shuffle(sent)
    return sent


def _send(url: str, events: list[Told], rate: float) -> list[float]:
    """Send at a fixed rate, whether or not the earlier ones were answered; return the times."""
    began = time.monotonic()

    def one(numbered: tuple[int, Told]) -> float:
        number, event = numbered
        due = began + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        answer = _session().post(
            url,
            data=event.body,
            headers={
                "Content-Type": "application/json",
                "X-Paystack-Signature": event.signature,
                "X-Request-ID": uuid4().hex,
            },
            timeout=30,
        )
        # Measured from when it was due: waiting behind others counts.
        took = time.monotonic() - due
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
        return took

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, enumerate(events)))


def _session() -> requests.Session:
    session: requests.Session | None = getattr(_own, "session", None)
    if session is None:
        session = _own.session = requests.Session()
    return session


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description=__doc__)
    parser.add_argument("--events", type=int, default=3000, help="payments (3,000)")
    parser.add_argument("--rate", type=float, default=100.0, help="events a second (100)")
    parser.add_argument("--origin", default="http://127.0.0.1:8000", help="of the running server")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
