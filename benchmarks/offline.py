"""How long a batch of 100 offline vouchers takes: `python -m benchmarks.offline --batches 20`.

Runs in one process against the database of the environment, as a web worker does, and prints
the median and the 95th percentile of first submissions and of repetitions.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from offline.tests.phones import Phone  # noqa: E402 -- only after the settings

PAYERS, EACH = 5, 20


def items() -> tuple[Phone, list[dict[str, Any]]]:
    """A shop, and a hundred vouchers for it by five payers."""
    shop = Phone()
    payers = [Phone(holding="100.00").load("100.00") for _ in range(PAYERS)]
    signed = [payer.pay(shop, 100) for payer in payers for _ in range(EACH)]
    return shop, [{"ref": str(n), "voucher": voucher.text} for n, voucher in enumerate(signed)]


def seconds(shop: Phone, batch: list[dict[str, Any]], *, duplicate: bool) -> float:
    """Submit a batch and return how long it took."""
    began = time.perf_counter()
    answer = shop.post_sync({"items": batch})
    took = time.perf_counter() - began
    results = answer.json()["results"]
    if any((r["status"], r["duplicate"]) != ("settled", duplicate) for r in results):
        raise SystemExit(f"not settled as expected: {results[:3]}")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=20)
    batches = parser.parse_args().batches
    firsts, repeats = [], []
    for _ in range(batches):
        shop, batch = items()
        firsts.append(seconds(shop, batch, duplicate=False))
        repeats.append(seconds(shop, batch, duplicate=True))
    for name, took in (("first", firsts), ("again", repeats)):
        p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
        median = statistics.median(took)
        print(f"{name}: {batches} batches of 100, median {median:.3f} s, p95 {p95:.3f} s")


if __name__ == "__main__":
    main()
