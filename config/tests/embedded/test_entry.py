"""Commands that cannot go on, as somebody to whom the files do not belong."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import guise, state
from config.embedded.entry import explained
from config.embedded.errors import LauncherRefusal

BARE = str(Path(sys.base_prefix) / "bin" / "python3")
# Root may write everywhere; in a namespace of its own it is an ordinary user with root's files.
ORDINARY = guise.choose(Path("/nowhere")).prefix
pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and not ORDINARY, reason="root cannot be an ordinary user on this machine"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copytree(state.ROOT / "script", root / "script")
    shutil.copytree(state.ROOT / "config" / "embedded", root / "config" / "embedded")
    for name in ("manage.py", "config/__init__.py"):
        shutil.copy(state.ROOT / name, root / name)
    (root / "requirements").mkdir()
    (root / "requirements" / "embedded.txt").write_text("# nothing\n")
    yield root
    for path in (root, root / "var", root / ".venv"):
        if path.exists():
            path.chmod(0o755)


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ORDINARY, BARE, *command],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "PORT": "8123"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_told(
    ran: subprocess.CompletedProcess[str], *, closed: Path, mend: Path, command: str
) -> None:
    assert ran.returncode == 1
    assert ran.stderr == (
        f"{command}: {closed} is closed to you, though {mend} is yours: chmod -R u+rwX {mend}\n"
    )


def test_a_checkout_that_one_may_not_write(checkout: Path) -> None:
    checkout.chmod(0o555)

    ran = run(checkout, "script/server")

    assert_told(ran, closed=checkout / "var", mend=checkout, command="script/server")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_checkout_of_somebody_else(checkout: Path) -> None:
    os.chown(checkout, 65534, 65534)

    ran = run(checkout, "script/server")

    assert ran.returncode == 1
    assert ran.stderr == (
        f"script/server: {checkout / 'var'} is closed to you (uid 1000); {checkout} belongs to "
        f"uid 65534: run this as that user, or take a checkout of your own instead of {checkout}.\n"
    )


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_data_that_one_may_not_write_or_enter(checkout: Path, mode: int) -> None:
    var = checkout / "var"
    var.mkdir()
    var.chmod(mode)

    ran = run(checkout, "script/server")

    assert_told(ran, closed=var / "server.lock", mend=var, command="script/server")


@pytest.mark.parametrize(
    ("command", "closed"), [("script/server", "installing"), ("manage.py", "bin/python")]
)
def test_an_environment_that_one_may_not_enter(checkout: Path, command: str, closed: str) -> None:
    programs = checkout / ".venv"
    programs.mkdir()
    programs.chmod(0o000)

    ran = run(checkout, command)

    assert_told(ran, closed=programs / closed, mend=programs, command=command)


def test_what_is_no_matter_of_rights_is_not_explained_away() -> None:
    with pytest.raises(FileNotFoundError), explained():
        Path("/nowhere/at/all").read_text()


def test_a_refusal_without_a_file() -> None:
    with pytest.raises(LauncherRefusal, match=f"uid {os.geteuid()} may not do this"), explained():
        raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("command", ["server", "test", "check", "chaos", "benchmark"])
def test_an_interrupt_while_it_starts_leaves_no_trace(checkout: Path, command: str) -> None:
    slow = "import time; print('starting', flush=True); time.sleep(30)"
    (checkout / "config" / "embedded" / "__init__.py").write_text(slow)
    with subprocess.Popen(
        [BARE, f"script/{command}"],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout
        started.stdout.readline()
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=30)

    assert said == ""
    assert started.returncode == 130
