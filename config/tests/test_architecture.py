"""The contracts of .importlinter hold, and each of them would notice being broken."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "events", "ledger", "offline", "payments", "wallets")

# What is added to a copy of the code, and the contract that must notice.
SEEDS: list[tuple[str, str, str]] = [
    ("accounts/operations/seed_up.py", "import wallets.models", "Apps import downwards only"),
    ("wallets/operations/seed_config.py", "import config.logs", "Apps import downwards only"),
    ("events/operations/seed_side.py", "import ledger.money", "Apps import downwards only"),
    ("payments/operations/seed_side.py", "import offline.apps", "Apps import downwards only"),
    ("ledger/models/seed_up.py", "import ledger.operations", "Inside ledger"),
    ("ledger/seed.py", "", "Inside ledger"),
    ("events/models/seed_up.py", "import events.operations", "Inside events"),
    ("accounts/queries.py", "import accounts.operations", "Inside accounts"),
    ("wallets/errors.py", "import wallets.models", "Inside wallets"),
    ("payments/operations/seed_task.py", "import payments.tasks", "Inside payments"),
    ("offline/seed.py", "", "Inside offline"),
    ("offline/messages/seed.py", "import ledger.money", "The protocol stands alone"),
    ("offline/device/seed.py", "import offline.errors", "The device kit shares the messages"),
    ("offline/operations/seed_kit.py", "import offline.device.trust", "The server does not use"),
    (
        "wallets/operations/seed_models.py",
        "import ledger.models",
        "Only the ledger touches the ledger's models",
    ),
    ("ledger/money.py", "import django", "Pure modules and errors import no framework"),
    (
        "wallets/operations/seed_http.py",
        "import rest_framework",
        "Models, queries, locks and operations know neither HTTP nor the queue",
    ),
    (
        "accounts/models/seed_queue.py",
        "import celery",
        "Models, queries, locks and operations know neither HTTP nor the queue",
    ),
    (
        "payments/providers/seed/__init__.py",
        "import payments.providers.paystack",
        "Providers do not know each other",
    ),
    (
        "payments/simulators/seed.py",
        "import payments.providers.base",
        "Simulators share nothing with what they are there to test",
    ),
    ("ledger/operations/seed_test.py", "import accounts.tests", "Production imports no tests"),
]


def lint(directory: Path) -> tuple[str, set[str], set[str]]:
    """Run import-linter there; return what it says, and the contracts kept and broken."""
    program = Path(sys.executable).with_name("lint-imports")
    # The copy, and not the code that this test runs from.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(  # noqa: S603 -- our own tool
        [program, "--no-cache"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = re.findall(r"^(.+?) (KEPT|BROKEN)\b", run.stdout, re.MULTILINE)
    assert verdicts, run.stdout + run.stderr
    kept = {name for name, verdict in verdicts if verdict == "KEPT"}
    broken = {name for name, verdict in verdicts if verdict == "BROKEN"}
    assert (run.returncode == 0) == (not broken)
    return run.stdout, kept, broken


def test_the_code_keeps_its_contracts() -> None:
    output, _, broken = lint(ROOT)

    assert broken == set(), output


def test_every_contract_would_notice(tmp_path: Path) -> None:
    for app in (*APPS, "config"):
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for file, line, _ in SEEDS:
        target = tmp_path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent / "__init__.py").touch()
        text = target.read_text() if target.exists() else ""
        target.write_text(f"{text}\n{line}\n")

    output, kept, broken = lint(tmp_path)

    assert kept == set()
    for file, line, contract in SEEDS:
        assert any(name.startswith(contract) for name in broken), contract
        importer = file.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        # A file with nothing in it is there to have no layer.
        told = f"{importer} -> {line.removeprefix('import ')}" if line else f"- {importer}\n"
        assert told in output, (file, line)


def _transport() -> list[Path]:
    return sorted(
        file
        for app in (*APPS, "config")
        for pattern in ("api/**/*.py", "tasks.py", "admin.py", "admin/*.py", "management/**/*.py")
        for file in (ROOT / app).glob(pattern)
        if "tests" not in file.parts
    )


@pytest.mark.parametrize("file", _transport(), ids=lambda file: str(file.relative_to(ROOT)))
def test_transport_asks_operations_and_queries(file: Path) -> None:
    """No `.objects` and no `.save()` in api, tasks, admin and commands."""
    tree = ast.parse(file.read_text())
    # allauth's forms and logins are saved with the request in hand; a model never is.
    not_models = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node).endswith(".save(request)")
    }
    reached = [
        f"{file.relative_to(ROOT)}:{node.lineno} .{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "save", "save_model"}
        and node not in not_models
    ]

    assert reached == []


@pytest.mark.parametrize("app", APPS)
def test_foreign_keys_to_other_apps_protect(app: str) -> None:
    """What points at another app's rows keeps them from being deleted, and points down."""
    from django.apps import apps as registry  # noqa: PLC0415 -- needs the loaded registry
    from django.db.models import PROTECT, ForeignKey  # noqa: PLC0415

    heights = {"ledger": 0, "events": 0, "accounts": 1, "wallets": 2, "payments": 3, "offline": 3}
    for model in registry.get_app_config(app).get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey):
                continue
            other = field.related_model._meta.app_label
            if other in heights and other != app:
                assert field.remote_field.on_delete is PROTECT, field
                assert heights[other] < heights[app], field
