"""Callers whom this process has met, for requests that have the database judge them as they act."""

from __future__ import annotations

from uuid import UUID

from accounts.principal import Principal

# The family of a login, the person, and the version of their tokens.
Claim = tuple[UUID, UUID, int]


class Callers:
    """At most `capacity` callers; the oldest half goes when it is full."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._known: dict[Claim, Principal] = {}

    def get(self, claim: Claim) -> Principal | None:
        return self._known.get(claim)

    def remember(self, claim: Claim, principal: Principal) -> None:
        if len(self._known) >= self._capacity:
            for oldest in list(self._known)[: self._capacity // 2]:
                self._known.pop(oldest, None)
        self._known[claim] = principal

    def forget(self, claim: Claim) -> None:
        self._known.pop(claim, None)
