"""What may be seen of a bank account by those who know it already. Pure."""

from __future__ import annotations

_SHOWN = 4


def mask_number(number: str) -> str:
    """Return stars and the last four characters, or stars alone for a short one."""
    shown = number[-_SHOWN:] if len(number) > 2 * _SHOWN else ""
    return "*" * (len(number) - len(shown)) + shown


def mask_name(name: str) -> str:
    """Return the first letter of each word, and stars."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
