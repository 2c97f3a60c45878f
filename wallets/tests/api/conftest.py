from __future__ import annotations

import pytest

from wallets.tests.api.parties import Parties


@pytest.fixture
def parties() -> Parties:
    return Parties()
