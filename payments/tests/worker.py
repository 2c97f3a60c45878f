"""A worker of payouts in a process of its own, to be killed: `python -m payments.tests.worker`.

Says `ready`, and then takes up what is due, again and again, until somebody ends it.
"""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 -- only now are there settings

    from payments.operations import sweep_payouts  # noqa: PLC0415 -- likewise

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        sweep_payouts(now=timezone.now(), limit=1)


if __name__ == "__main__":
    main()
