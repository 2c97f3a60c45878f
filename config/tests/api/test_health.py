import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from accounts.tests.factories import client_of, person
from config.broker import install

pytestmark = pytest.mark.urls("config.tests.api.urls")


def test_live_asks_nobody(client: Client) -> None:
    answer = client.get("/health/live")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        install()
        cursor.execute("SET LOCAL ROLE purser_app")

    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "broker": "ok"}}


@pytest.mark.django_db
@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_without_a_broker(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "broker": "unreachable"}


def without_a_database(client: Client, *addresses: str) -> list[Any]:
    """Ask from a thread whose own connection leads nowhere."""

    def ask() -> list[Any]:
        connection.settings_dict = {**connection.settings_dict, "PORT": 1}
        return [client.get(address) for address in addresses]

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


@pytest.mark.django_db
def test_a_lost_database_is_told_to_clients() -> None:
    (answer,) = without_a_database(client_of(person()), "/api/v1/private")

    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
def test_without_a_database(client: Client) -> None:
    ready, live = without_a_database(client, "/health/ready", "/health/live")

    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "unreachable", "broker": "unreachable"}
    assert live.status_code == 200


def test_only_reading(client: Client) -> None:
    assert client.post("/health/live").status_code == 405


@pytest.mark.django_db
def test_metrics_count_by_route(client: Client) -> None:
    for what in ("a", "b"):
        client.get(f"/api/v1/probe/{what}")
    text = client.get("/metrics").content.decode()

    assert (
        'purser_http_request_seconds_count{method="GET",route="api/v1/probe/<str:what>",status="200"}'
        in text
    )
    assert 'route="api/v1/probe/a"' not in text


@pytest.mark.django_db
def test_odd_methods_are_one_series(client: Client) -> None:
    for method in ("BREW", "PROPFIND"):
        client.generic(method, "/api/v1/probe")
    text = client.get("/metrics").content.decode()

    assert 'method="OTHER"' in text
    assert "BREW" not in text


_WORKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from config import metrics
metrics.forget_the_dead(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    metrics.observe_request("GET", "x", 200, 0.01)
print("ready", flush=True)
sys.stdin.readline()
print(metrics.exposition().decode())
"""


def test_processes_add_up_and_the_dead_are_forgotten(tmp_path: Path) -> None:
    def worker(count: int) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-c", _WORKER, str(tmp_path), str(count)],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    first, second = worker(2), worker(3)
    text = first.communicate("\n")[0]
    assert 'purser_http_request_seconds_count{method="GET",route="x",status="200"} 5.0' in text

    third = worker(1)
    second.communicate("\n")
    text = third.communicate("\n")[0]
    assert 'purser_http_request_seconds_count{method="GET",route="x",status="200"} 4.0' in text
