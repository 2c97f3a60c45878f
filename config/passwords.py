"""How passwords are stored, and how long they may be."""

from __future__ import annotations

import os
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError


class LeanArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: OWASP's minimum.

    Django's default takes 100 MiB for each login, so twenty at once would take two gigabytes.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    # More at once than there are cores would take memory, and be no sooner done.
    _at_once = BoundedSemaphore(max(2, os.cpu_count() or 2))

    def encode(self, password: str, salt: str) -> str:
        with self._at_once:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self._at_once:
            return super().verify(password, encoded)


class MaximumLengthValidator:
    """Refuses what is so long that hashing it is work for us and no gain for anybody."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password can have at most {self.max_length} characters."
