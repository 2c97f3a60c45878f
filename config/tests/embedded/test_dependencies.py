"""Real environments, filled from locks that name nothing, so that no network is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import dependencies
from config.embedded.errors import LauncherRefusal
from config.embedded.progress import Progress


@pytest.fixture
def root(tmp_path: Path) -> Path:
    requirements = tmp_path / "checkout" / "requirements"
    requirements.mkdir(parents=True)
    for lock in ("embedded", "dev"):
        (requirements / f"{lock}.txt").write_text(f"# {lock}: nothing\n")
    return requirements.parent


def mark(root: Path) -> Path:
    """Leave a file in the environment, to see later whether it is still the same one."""
    mark = root / ".venv" / "mark"
    mark.touch()
    return mark


def test_made_once_and_kept(root: Path, progress: Progress, tmp_path: Path) -> None:
    python = dependencies.install("embedded", progress, root=root)

    assert subprocess.run([python, "-c", ""], check=False).returncode == 0
    kept = mark(root)
    said = (tmp_path / "terminal").read_text()

    dependencies.install("embedded", progress, root=root)

    assert kept.exists()
    assert (tmp_path / "terminal").read_text() == said


def test_a_changed_lock_is_installed(root: Path, progress: Progress, tmp_path: Path) -> None:
    dependencies.install("embedded", progress, root=root)
    kept = mark(root)
    with (root / "requirements" / "embedded.txt").open("a") as lock:
        lock.write("# changed\n")

    dependencies.install("embedded", progress, root=root)

    assert kept.exists()
    assert (tmp_path / "terminal").read_text().count("installing requirements/embedded.txt") == 2


def test_the_tests_environment_serves_too(root: Path, progress: Progress, tmp_path: Path) -> None:
    dependencies.install("dev", progress, root=root)

    dependencies.install("embedded", progress, root=root)

    assert "requirements/embedded.txt" not in (tmp_path / "terminal").read_text()


def test_an_install_that_fails_says_why_and_the_next_one_starts_anew(
    root: Path, progress: Progress
) -> None:
    dependencies.install("embedded", progress, root=root)
    left = mark(root)
    lock = root / "requirements" / "embedded.txt"
    lock.write_text("./no-such-wheel.whl --hash=sha256:" + "0" * 64)

    with pytest.raises(LauncherRefusal, match="no-such-wheel"):
        dependencies.install("embedded", progress, root=root)

    lock.write_text("# repaired\n")
    dependencies.install("embedded", progress, root=root)
    assert not left.exists()


def test_a_package_without_a_hash_is_refused(root: Path, progress: Progress) -> None:
    wheel = root / "thing-1.0-py3-none-any.whl"
    wheel.touch()
    (root / "requirements" / "embedded.txt").write_text(f"{wheel}\n")

    with pytest.raises(LauncherRefusal, match="hash"):
        dependencies.install("embedded", progress, root=root)


def test_an_environment_whose_python_is_gone_is_made_again(root: Path, progress: Progress) -> None:
    python = dependencies.install("embedded", progress, root=root)
    python.unlink()
    python.symlink_to("/nowhere/python3")

    dependencies.install("embedded", progress, root=root)

    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_a_python_without_venv_is_told_the_cure(
    root: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "ensurepip" else object()
    )

    with pytest.raises(LauncherRefusal, match="apt install python3-venv"):
        dependencies.install("embedded", progress, root=root)


def test_where_uv_cannot_pip_does(
    root: Path, progress: Progress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A uv that makes environments, and can reach no index: pip may know another one."""
    programs = tmp_path / "programs"
    programs.mkdir()
    uv = programs / "uv"
    uv.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = venv ] && exec {sys.executable} -m venv --without-pip --clear "$6"\n'
        "echo 'error: no route to the index' >&2; exit 2\n"
    )
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")

    python = dependencies.install("embedded", progress, root=root)

    assert subprocess.run([python, "-m", "pip", "--version"], check=False).returncode == 0
    said = (tmp_path / "terminal").read_text()
    assert "uv did not manage (error: no route to the index); trying with pip" in said
