"""What an embedded installation remembers between runs: ports, passwords, keys.

One JSON file, `var/state.json`, readable by its owner alone. It is written by the launcher
and turned into the same variables that an operator would set, so that the settings know
one way to be configured and no more. Standard library only: the launcher imports this
before anything is installed. `PURSER_VAR` moves `var/` elsewhere.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from config.embedded.errors import NotSetUp

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("PURSER_VAR") or ROOT / "var").resolve()
STATE_FILE = VAR / "state.json"

DATABASE = "purser"
SUPERUSER = "postgres"
OWNER_ROLE = "purser_owner"
APP_LOGIN = "purser"

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 -- read, not bound
# Addresses that are nobody's (RFC 5737, RFC 3849): asking for the way there sends nothing.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


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
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(state, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def origin(state: dict[str, Any]) -> str:
    """Return the address at which a browser on this machine reaches the web server."""
    web = state["web"]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(web["host"], web["host"])  # noqa: S104 -- read, not bound
    return f"http://{_in_url(host)}:{web['port']}"


def names(host: str) -> list[str]:
    """Return the host names that a server on `host` answers to.

    A stranger's page cannot make a browser send one of these, wherever its own name is made to
    point: the mailbox and the demo's passwords are for who knows this machine. A server on
    every address answers to the machine's name and to its addresses in the networks too.
    """
    own = [host, socket.gethostname(), *_addresses()] if host in EVERYWHERE else [host]
    return list(dict.fromkeys([*_LOOPBACK, *map(_in_url, filter(None, own))]))


def _addresses() -> list[str]:
    """Return the addresses from which this machine reaches others."""
    found = []
    for family, elsewhere in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return found


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def variables(state: dict[str, Any]) -> dict[str, str]:
    """Return the environment variables that stand for this installation."""
    postgres = state["postgres"]
    where = f"127.0.0.1:{postgres['port']}/{DATABASE}"
    here = origin(state)
    return {
        "PURSER_EMBEDDED": "1",
        "DATABASE_URL": f"postgres://{APP_LOGIN}:{postgres['app_password']}@{where}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER_ROLE}:{postgres['owner_password']}@{where}",
        "PURSER_ORIGIN": here,
        "ALLOWED_HOSTS": ",".join(names(state["web"]["host"])),
        "PAYSTACK_BASE_URL": f"{here}/simulator/paystack",
        "STRIPE_API_BASE": f"{here}/simulator/stripe",
        "MOCK_BASE_URL": f"{here}/simulator/mock",
        **state["secrets"],
    }
