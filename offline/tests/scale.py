"""How often an attack is tried: as often as the protocol's table says, or less while one works."""

from __future__ import annotations

import os

FULL = os.environ.get("PURSER_ATTACKS") == "full"


def tries(full: int, *, usually: int) -> int:
    """Return how often to try: `full` when PURSER_ATTACKS=full, `usually` otherwise."""
    return full if FULL else usually
