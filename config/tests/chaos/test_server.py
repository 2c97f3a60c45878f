"""An installation to be cruel to is nobody else's."""

import json
from pathlib import Path

import pytest

from config.chaos.server import Server

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def test_it_takes_nothing_from_the_one_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = "postgres://purser:x@192.0.2.1/purser"
    of_others = {
        "DATABASE_URL": elsewhere,
        "DATABASE_OWNER_URL": elsewhere,
        "REDIS_URL": "redis://192.0.2.1",
        "PURSER_EMBEDDED": "0",
        "PURSER_DATABASE_ROLE": "owner",
        "PURSER_ORIGIN": "https://wallet.example",
        "PAYSTACK_BASE_URL": "https://api.paystack.co",
        "PAYSTACK_SECRET_KEY": "sk_live_real",
        "SECRET_KEY": "of-the-server",
        "PROMETHEUS_MULTIPROC_DIR": "/var/metrics",
        "PYTEST_CURRENT_TEST": "this one",
        "HOST": "192.0.2.1",
    }
    for name, value in of_others.items():
        monkeypatch.setenv(name, value)
    var = tmp_path / "var"
    var.mkdir()
    server = Server(var)

    ran = server.manage("shell", "--no-imports", "-c", SHOW)

    seen = json.loads(ran.stdout)
    for name, value in of_others.items():
        assert seen.get(name) != value, name
    assert seen["PURSER_VAR"] == str(var)
    assert seen["PORT"] == str(server.port)
