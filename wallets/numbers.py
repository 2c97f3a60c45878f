"""Wallet numbers: 12 random digits and a Luhn check digit, so that no slip reaches a stranger."""

from __future__ import annotations

import secrets

LENGTH = 13


def check_digit(digits: str) -> str:
    """Return the Luhn check digit that completes `digits`."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_valid(number: str) -> bool:
    """Whether this is 13 ASCII digits of which the last one fits the others."""
    return (
        len(number) == LENGTH
        and number.isascii()
        and number.isdigit()
        and check_digit(number[:-1]) == number[-1]
    )


def draw() -> str:
    """Draw a number that nobody can guess from another one."""
    digits = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}d}"
    return digits + check_digit(digits)
