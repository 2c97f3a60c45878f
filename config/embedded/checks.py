"""`script/check`: every check besides the tests, none of which needs a database.

All of them run, whatever the others say; each failure is shown whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded import dependencies, processes, state
from config.embedded.progress import Progress

# The settings of a server on the internet, for looking at: nothing is reached with them.
SERVER = {
    "DATABASE_URL": "postgres://purser:none@127.0.0.1:9/purser",
    "DATABASE_OWNER_URL": "postgres://purser_owner:none@127.0.0.1:9/purser",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SECRET_KEY": "only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "JWT_SIGNING_KEY": "only-for-checks-ABCDEF-0123456789-abcdefghijklmnopqrstuvwxyz",
    "API_KEY_PEPPER": "only-for-checks-zyxwvutsrqponmlkjihgfedcba-0123456789-ABCDEF",
    "FIELD_KEYS": "k1:b25seS1mb3ItY2hlY2tzLTAxMjM0NTY3ODktYWJjZGU=",
    "FIELD_INDEX_KEY": "b25seS1mb3ItY2hlY2tzLWVkY2JhLTk4NzY1NDMyMTA=",
    "ALLOWED_HOSTS": "purser.example",
    "PURSER_ORIGIN": "https://purser.example",
    "EMAIL_URL": "smtp+tls://purser:none@127.0.0.1:9",
    "PAYSTACK_SECRET_KEY": "sk_live_only_for_checks",
    "BEHIND_TLS_PROXY": "1",
}
# Embedded mode has parts that servers lack; types, migrations and the API cover both.
_EVERYTHING = {
    **SERVER,
    "PURSER_EMBEDDED": "1",
    "PAYSTACK_BASE_URL": "http://127.0.0.1:9/simulator/paystack",
    "PURSER_DATABASE_ROLE": "owner",
}


@dataclass(frozen=True)
class Check:
    """A module of the environment with its arguments, and the variables that it sees."""

    name: str
    arguments: Sequence[str]
    settings: Mapping[str, str]


CHECKS = [
    Check("lint", ["-m", "ruff", "check", "."], {}),
    Check("format", ["-m", "ruff", "format", "--check", "."], {}),
    Check("types", ["-m", "mypy", "."], _EVERYTHING),
    Check("layers", ["-c", "from importlinter.cli import lint_imports_command as c; c()"], {}),
    Check(
        "migrations",
        ["-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"],
        _EVERYTHING,
    ),
    Check("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], SERVER),
    Check(
        "api document",
        ["manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
        SERVER,
    ),
]


def run(names: Sequence[str]) -> int:
    """Run the checks of these names, or all of them; return 1 when one fails."""
    progress = Progress()
    python = dependencies.install("dev", progress)
    known = [*(check.name for check in CHECKS), "known vulnerabilities"]
    unknown = sorted(set(names) - set(known))
    if unknown:
        progress.plain(f"no such check: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    failed = [
        check.name
        for check in CHECKS
        if check.name in (names or known) and not _passes(check, python, progress)
    ]
    if known[-1] in (names or known) and not _no_known_vulnerability(python, progress):
        failed.append(known[-1])
    progress.plain(f"failed: {', '.join(failed)}" if failed else "every check passed")
    return 1 if failed else 0


def _passes(check: Check, python: Path, progress: Progress) -> bool:
    started = time.monotonic()
    progress.passing(f"{check.name} ...")
    ran = _run(python, check.arguments, check.settings)
    verdict = "FAILED" if ran.returncode else "passed"
    progress.say(f"{check.name}: {verdict} in {time.monotonic() - started:.1f} s")
    if ran.returncode:
        progress.plain((ran.stdout + ran.stderr).strip())
    return ran.returncode == 0


def _no_known_vulnerability(python: Path, progress: Progress) -> bool:
    """Ask the package index about every locked package; without a network, say so and pass."""
    progress.passing("known vulnerabilities ...")
    lock = ["--requirement", "requirements/dev.txt", "--require-hashes", "--disable-pip"]
    output = ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    ran = _run(python, ["-m", "pip_audit", *lock, *output], {})
    try:
        report = json.loads(ran.stdout)
    except json.JSONDecodeError:
        reason = (ran.stderr.strip().splitlines() or ["no answer"])[-1]
        progress.say(f"known vulnerabilities: not checked ({reason[:100]})")
        return True
    found = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for package in report["dependencies"]
        for hole in package.get("vulns", [])
    ]
    progress.say(f"known vulnerabilities: {'FAILED' if found else 'passed'}")
    if found:
        progress.plain("\n".join(found))
    return not found


def _run(
    python: Path, arguments: Sequence[str], settings: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run in a clean environment: a developer's own variables would change the verdict."""
    return subprocess.run(
        [str(python), *arguments],
        cwd=state.ROOT,
        env=processes.bare_environment()
        | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        | dict(settings),
        capture_output=True,
        text=True,
        check=False,
    )
