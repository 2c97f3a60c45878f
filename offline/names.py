"""Names as strangers may see them. Pure."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 64
_FORBIDDEN = re.compile(r"[\x00-\x1f\ud800-\udfff]")


def masked(name: str) -> str:
    """Return `A. K***` for Alice Kent: enough to know somebody by, and no more."""
    words = unicodedata.normalize("NFC", _FORBIDDEN.sub(" ", name)).split()
    if not words:
        return "***"
    if len(words) == 1:
        return f"{words[0][0]}***"
    return f"{words[0][0]}. {words[-1][0]}***"[:_LONGEST]
