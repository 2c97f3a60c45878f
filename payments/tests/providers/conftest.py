"""Each provider in turn."""

from __future__ import annotations

import pytest

from payments.providers.base import Provider
from payments.providers.registry import NAMES, provider


@pytest.fixture(params=NAMES)
def adapter(request: pytest.FixtureRequest, origin: str) -> Provider:
    return provider(request.param)
