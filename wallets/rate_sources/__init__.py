"""Where rates come from: each module reads one dialect into a `Sheet`. Pure.

A source is a function from bytes to a `Sheet`; `SOURCES` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wallets.rate_sources.ecb import read_ecb
from wallets.rate_sources.files import read_csv, read_json
from wallets.rate_sources.sheet import LARGEST_FILE, Sheet

Source = Callable[[bytes, datetime], Sheet]

SOURCES: dict[str, Source] = {"ecb": read_ecb, "json": read_json, "csv": read_csv}

__all__ = ["LARGEST_FILE", "SOURCES", "Sheet", "Source", "read_csv", "read_ecb", "read_json"]
