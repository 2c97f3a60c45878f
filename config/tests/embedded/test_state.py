import socket
from pathlib import Path

import pytest

from config.embedded import keys, state
from config.embedded.errors import NotSetUp

STATE = {
    "postgres": {"port": 25001, "app_password": "a", "owner_password": "o"},
    "web": {"host": "127.0.0.1", "port": 8000},
    "secrets": {"SECRET_KEY": "s"},
}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    state.save(STATE, tmp_path / "var" / "state.json")

    assert state.load(tmp_path / "var" / "state.json") == STATE


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    # A draft that a crash left behind, readable by all, must not lend its mode.
    file.with_suffix(".tmp").touch(mode=0o666)

    state.save(STATE, file)

    assert file.stat().st_mode & 0o777 == 0o600


def test_a_crash_while_saving_leaves_the_old_state(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state.save(STATE, file)

    with pytest.raises(TypeError):
        state.save({**STATE, "web": object()}, file)

    assert state.load(file) == STATE


def test_nothing_set_up(tmp_path: Path) -> None:
    with pytest.raises(NotSetUp, match="script/server"):
        state.load(tmp_path / "state.json")


def test_variables_name_both_logins_and_the_secrets() -> None:
    variables = state.variables(STATE)

    assert variables["DATABASE_URL"] == "postgres://purser:a@127.0.0.1:25001/purser"
    assert variables["DATABASE_OWNER_URL"] == "postgres://purser_owner:o@127.0.0.1:25001/purser"
    assert variables["SECRET_KEY"] == "s"
    assert variables["PAYSTACK_BASE_URL"] == "http://127.0.0.1:8000/simulator/paystack"


@pytest.mark.parametrize("host", ["0.0.0.0", ""])  # noqa: S104 -- read, not bound
def test_a_server_on_every_address_is_reached_on_this_machine(host: str) -> None:
    assert state.origin({"web": {"host": host, "port": 81}}) == "http://127.0.0.1:81"


def test_a_server_on_an_address_of_version_six_is_reached_in_brackets() -> None:
    assert state.origin({"web": {"host": "::1", "port": 81}}) == "http://[::1]:81"


def test_only_names_of_this_machine_are_answered() -> None:
    assert state.variables(STATE)["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert state.names("192.0.2.7") == ["localhost", "127.0.0.1", "[::1]", "192.0.2.7"]
    assert state.names("FD00::7")[-1] == "[FD00::7]"
    assert state.names("Tower.local")[-1] == "tower.local"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])  # noqa: S104 -- read, not bound
def test_a_server_on_every_address_answers_to_the_machines_own_names(host: str) -> None:
    names = state.names(host)

    assert names[:3] == ["localhost", "127.0.0.1", "[::1]"]
    assert socket.gethostname().lower() in names
    assert not {"*", ""} & set(names)


def test_secrets_are_made_once() -> None:
    kept: dict[str, dict[str, str]] = {}

    assert keys.complete(kept)
    first = {name: dict(values) for name, values in kept.items()}

    assert not keys.complete(kept)
    assert kept == first


def test_secrets_are_long_enough_and_differ() -> None:
    one: dict[str, dict[str, str]] = {}
    other: dict[str, dict[str, str]] = {}
    keys.complete(one)
    keys.complete(other)

    assert len(one["secrets"]["SECRET_KEY"]) >= 50
    assert one["secrets"]["PAYSTACK_SECRET_KEY"].startswith("sk_test_")
    assert one["secrets"]["JWT_SIGNING_KEY"] != other["secrets"]["JWT_SIGNING_KEY"]
    assert one["secrets"]["JWT_SIGNING_KEY"] != one["secrets"]["SECRET_KEY"]


def test_a_secret_that_a_newer_version_needs_is_added() -> None:
    kept: dict[str, dict[str, str]] = {}
    keys.complete(kept)
    kept["secrets"].pop("JWT_SIGNING_KEY")
    before = dict(kept["secrets"])

    assert keys.complete(kept)
    assert kept["secrets"].items() > before.items()
