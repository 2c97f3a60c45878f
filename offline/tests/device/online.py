"""Phones of this installation: terminals of people who have money."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from accounts.models import User
from accounts.tests.factories import pair_of
from offline.device import cli
from offline.device.stores import FileStore
from offline.device.wallet import Wallet
from wallets.models import Wallet as WalletRow

PIN = "2468"

Tools = tuple[pytest.MonkeyPatch, pytest.CaptureFixture[str]]


class Phone:
    """A terminal of a person: a wallet file, an access token, and what was printed last."""

    def __init__(self, path: Path, owner: User, origin: str, tools: Tools) -> None:
        self.path, self.owner, self.origin = path, owner, origin
        self._tools = tools
        self.out = self.err = ""

    def __call__(self, *arguments: str, given: str = "", token: str | None = None) -> int:
        monkeypatch, capsys = self._tools
        monkeypatch.setenv("DEVICE_PIN", PIN)
        monkeypatch.setenv("DEVICE_TOKEN", pair_of(self.owner).access_token)
        if token is not None:
            monkeypatch.setenv("DEVICE_TOKEN", token)
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        status = cli.main(["--wallet", str(self.path), *arguments])
        self.out, self.err = capsys.readouterr()
        return status

    def done(self, *arguments: str, given: str = "") -> str:
        assert self(*arguments, given=given) == 0, self.err
        return self.out

    def enrol(self) -> Phone:
        self.done("enrol", "--origin", self.origin, "--currency", "NGN", "--name", "Phone")
        return self

    def wallet(self) -> Wallet:
        with FileStore.opened(self.path, pin=PIN) as store:
            return store.load()

    @property
    def row(self) -> WalletRow:
        return WalletRow.objects.get(number=self.wallet().number)


def pay(payer: Phone, payee: Phone, amount: str) -> None:
    """Pay without a network; the receipt is shown, and read by nobody yet."""
    request = payee.done("request", amount)
    payment = payer.done("pay", "--yes", given=request)
    payee.done("receive", given=payment)
