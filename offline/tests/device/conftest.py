"""Guessing at a PIN is dear on purpose; tests open wallets by the hundred."""

from __future__ import annotations

import pytest

from offline.device import stores


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "COST", 2**10)
