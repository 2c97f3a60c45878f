"""Who is asking, as far as one request needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

READ, DEPOSIT, TRANSFER, PAYOUT, OFFLINE = "read", "deposit", "transfer", "payout", "offline"
ALL_SCOPES = frozenset({READ, DEPOSIT, TRANSFER, PAYOUT, OFFLINE})
SUPERUSER_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """A login and a stamp of all that was known of who holds it: what a database call can judge.

    `accounts_callers_stand` says whether all of it still holds.
    """

    family_id: UUID
    person_id: UUID
    version: int
    stamp: int


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose credential was checked for this request.

    `auth_time` is when they last proved who they are (None for a key, which nobody typed), and
    `second_factor_at` when they last did so with a second factor. `key_id` names the API key
    that speaks for them, None for a login. `scopes` is what their credential is good for; a
    person who logged in has all of them. `standing` is set while this is only remembered from an
    earlier request: whoever acts on it has the database judge it.
    """

    id: UUID
    email: str
    role: str
    weight: int
    kyc_tier: int
    auth_time: datetime | None
    family_id: UUID | None = None
    second_factor_at: datetime | None = None
    has_pin: bool = False
    key_id: UUID | None = None
    scopes: frozenset[str] = ALL_SCOPES
    standing: Standing | None = None

    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> UUID:
        return self.id

    @property
    def is_superuser(self) -> bool:
        return self.weight >= SUPERUSER_WEIGHT

    def outranks(self, weight: int) -> bool:
        """Whether this person may act on one whose role has `weight`."""
        return self.weight > weight
