"""Wallets for terminals. Guessing at a PIN is dear on purpose, and tests open many a wallet."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.tests.factories import person
from ledger.money import Money
from offline.device import stores
from offline.tests.device.online import Phone, Tools
from wallets.tests.factories import fund, wallet_of


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "COST", 2**10)


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tools:
    return monkeypatch, capsys


@pytest.fixture
def phones(tmp_path: Path, served: str, tools: Tools) -> list[Phone]:
    """Three enrolled phones: the first has 500.00 NGN loaded, the others receive only."""
    made = []
    for name in ("alice", "bob", "carol"):
        owner = person()
        current = wallet_of(owner)
        fund(current, Money.of("1000.00", "NGN"))
        made.append(Phone(tmp_path / f"{name}.wallet", owner, served, tools).enrol())
    made[0].done("load", "500.00")
    made[1].done("load", "0")
    made[2].done("load", "0")
    return made
