"""At a terminal: a PIN that is not shown, a message that is pasted, a question to a person."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offline.device import receiving
from offline.device.stores import FileStore
from offline.device.wallet import Wallet
from offline.messages import packed
from offline.tests.device.factories import phone, receive_only
from offline.tests.device.test_cli import enrolled

PIN = "2468"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "alice.wallet"
    with FileStore.created(path, enrolled("alice"), pin=PIN):
        return path


def request() -> str:
    """What Bob's phone shows, by today's clock."""
    now = int(time.time())
    bob = receive_only("bob")
    wallet = bob.load()
    wallet.spendings = phone("bob", not_before=now - 900, expires_at=now + 900).load().spendings
    bob.save(wallet)
    return packed.to_text(receiving.ask(bob, now=now, amount_minor=15_000))


def at_terminal(path: Path, *arguments: str, typed: list[str]) -> tuple[int, str, str]:
    """Run a command; return its status, its standard output, and what the terminal showed."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if "DEVICE" not in name}
    with subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "offline.device", "--wallet", str(path), *arguments],
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as command:
        os.close(theirs)
        said = _answer(ours, typed)
        out, _ = command.communicate()
    os.close(ours)
    return command.returncode, out.decode(), said


def _answer(terminal: int, lines: list[str]) -> str:
    """Type each line when it is asked for; return all that was shown."""
    said, lines = "", [*lines]
    while True:
        if not select.select([terminal], [], [], 60)[0]:
            os.close(terminal)  # whoever waits at the other side goes home
            pytest.fail(f"nothing more is shown after: {said}")
        try:
            piece = os.read(terminal, 10_000).decode()
        except OSError:  # Linux's word for the other side having closed
            return said
        said += piece
        if not piece:
            return said
        if lines and said.endswith(": "):
            os.write(terminal, f"{lines.pop(0)}\n".encode())


def saved(path: Path) -> Wallet:
    with FileStore.opened(path, pin=PIN) as store:
        return store.load()


def test_a_payment_is_pasted_and_agreed_to(path: Path) -> None:
    status, out, said = at_terminal(path, "pay", typed=[PIN, request(), "y"])

    assert status == 0, said
    assert "Pay 150.00 PKR to Corner Shop (9876543210123)? [y/N]" in said
    assert PIN not in said.partition("Pay 150.00")[0].partition("Paste")[0]
    assert packed.from_text(out.removesuffix("\n"))[0] == saved(path).payments[0].voucher


@pytest.mark.parametrize("word", ["n", "", "maybe"])
def test_anything_but_yes_is_no(path: Path, word: str) -> None:
    status, out, said = at_terminal(path, "pay", typed=[PIN, request(), word])

    assert status == 1
    assert "nothing was done" in said
    assert out == ""
    assert saved(path).payments == []
