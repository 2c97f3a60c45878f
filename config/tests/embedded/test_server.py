"""`script/server` as a whole, once: up, hurt, and down."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.chaos.server import Server
from config.embedded import processes
from config.embedded.installation import Installation


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert happened()


def ready(server: Server) -> bool:
    try:
        return status(server, "/health/ready", host="localhost") == 200
    except (OSError, http.client.HTTPException):
        return False


def status(server: Server, path: str, *, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def server(var: Path) -> Server:
    var.mkdir()
    return Server(var)


def test_up_hurt_down_and_up_again_with_the_data(server: Server, var: Path) -> None:
    programs = ("web", "worker", "beat", "postgres")
    with server.running():
        until(lambda: ready(server))
        # A stranger's page whose name was made to point here is told nothing.
        assert status(server, "/dev/mail/", host="rebound.example") == 400
        assert status(server, "/dev/mail/", host=f"127.0.0.1:{server.port}") == 200
        first = {program: server.leader(program) for program in programs}
        for program in programs:
            os.kill(first[program], signal.SIGKILL)

        until(lambda: all(server.leader(name) not in {0, first[name]} for name in programs))
        until(lambda: ready(server))
        last = [server.leader(program) for program in programs]

    said = (var / "server.out").read_text()
    for program in programs[:3]:
        assert f"{program} was killed by signal 9; starting it again" in said
    assert "PostgreSQL is gone; starting it again" in said
    assert said.splitlines()[-1].endswith(f"stopped; the data are in {var}")
    assert all(processes.command_of(pid) is None for pid in last)
    # Every program asks the database for what it has.
    assert "does not exist" not in (var / "log" / "postgres.log").read_text()

    kept = (var / "state.json").read_text()
    with server.running():
        until(lambda: ready(server))
        proof = server.manage("ledger_verify", "--json")

    assert (var / "state.json").read_text() == kept
    assert json.loads(proof.stdout)["ok"]
    assert Installation(var).cluster.postmaster() is None
