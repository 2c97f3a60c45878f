"""The key that tests seal with: all blocks of a test database are one chain."""

from __future__ import annotations

from base64 import b64encode

from ledger.seals import SealKey

KEY_TEXT = b64encode(bytes(range(32))).decode()
KEY = SealKey(KEY_TEXT)
TRUSTED = frozenset({KEY.public})
