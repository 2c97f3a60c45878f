"""`python -m benchmarks`: a private PostgreSQL, a crowd, all sections, a table of ratios."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = ("posting", "http", "reads", "size", "integrity", "growth")
# What would lead us to another database, or change what is measured.
ELSEWHERE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PURSER_DATABASE_ROLE")


def main() -> int:
    """Measure what is asked for; return 1 when a floor is missed."""
    arguments = _arguments()
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    (ROOT / "var").mkdir(exist_ok=True)
    # Beside the data of a real installation: /tmp may be memory, which flushes for nothing.
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="benchmark-") as directory:
        os.environ["PURSER_VAR"] = directory
        # Settings are read when these are imported, and must find the directory.
        from benchmarks.run import run  # noqa: PLC0415

        return run(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=__doc__)
    parser.add_argument("--only", metavar="SECTIONS", help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a run (3)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (3)")
    parser.add_argument("--users", type=int, default=10_000, help="wallets (10,000)")
    parser.add_argument("--quick", action="store_true", help="one round of one second")
    parser.add_argument("--growth", action="store_true", help="also 5 million postings: minutes")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.seconds, arguments.rounds = 1.0, 1
    if arguments.users < 200 or arguments.rounds < 1 or arguments.seconds < 1:
        parser.error("wanted: 200 users, 1 round, 1 second, or more")
    arguments.sections = _sections(parser, arguments)
    return arguments


def _sections(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> list[str]:
    wanted = arguments.only.split(",") if arguments.only else list(SECTIONS[:-1])
    if unknown := set(wanted) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if arguments.growth and "growth" not in wanted:
        wanted.append("growth")
    return [section for section in SECTIONS if section in wanted]


if __name__ == "__main__":
    sys.exit(main())
