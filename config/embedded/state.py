"""What an embedded installation remembers between runs: ports, passwords, keys.

One JSON file, `var/state.json`, readable by its owner alone. It is written by the launcher
and turned into the same variables that an operator would set, so that the settings know
one way to be configured and no more. Standard library only: the launcher imports this
before anything is installed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
STATE_FILE = VAR / "state.json"

DATABASE = "purser"
OWNER_ROLE = "purser_owner"
APP_LOGIN = "purser"


class NotSetUp(Exception):
    """There is no embedded installation here yet."""

    def __init__(self) -> None:
        super().__init__(
            "No DATABASE_URL is set and there is no embedded installation in var/ yet. "
            "Run script/server once, or set the variables of .env.example."
        )


def load(path: Path = STATE_FILE) -> dict[str, Any]:
    """Read the state; raises `NotSetUp` when there is none."""
    try:
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotSetUp from None
    return state


def save(state: dict[str, Any], path: Path = STATE_FILE) -> None:
    """Write the state whole or not at all: a crash leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(state, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def variables(state: dict[str, Any]) -> dict[str, str]:
    """Return the environment variables that stand for this installation."""
    postgres, web = state["postgres"], state["web"]
    where = f"127.0.0.1:{postgres['port']}/{DATABASE}"
    origin = f"http://{web['host']}:{web['port']}"
    return {
        "PURSER_EMBEDDED": "1",
        "DATABASE_URL": f"postgres://{APP_LOGIN}:{postgres['app_password']}@{where}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER_ROLE}:{postgres['owner_password']}@{where}",
        "PURSER_ORIGIN": origin,
        "ALLOWED_HOSTS": "*",
        "PAYSTACK_BASE_URL": f"{origin}/simulator/paystack",
        **state["secrets"],
    }
