from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import locks
from accounts.errors import DataErased
from accounts.models import User
from accounts.operations.end_families import end_families_of
from accounts.operations.write_profile import write_profile
from events.operations import append_event


@dataclass(frozen=True, slots=True)
class PersonChanges:
    """What staff want otherwise about somebody; None leaves it as it is."""

    name: str | None = None
    phone: str | None = None
    is_active: bool | None = None
    kyc_tier: int | None = None


def change_person(
    *, actor_id: UUID, person_id: UUID, changes: PersonChanges, reason: str, at: datetime
) -> User:
    """Change what is known of somebody who weighs less than the actor.

    Shutting somebody out ends their logins and tokens at once. Raises `PersonNotFound`, and
    `DataErased` for whom nothing is kept any more. Without a change no event is written.
    """
    with transaction.atomic():
        person, actor = locks.lock_person_below(person_id=person_id, actor_id=actor_id)
        if person.erased_at is not None:
            raise DataErased
        tier = person.kyc_tier

        changed = write_profile(
            person,
            {
                "name": changes.name,
                "phone": changes.phone,
                "is_active": changes.is_active,
                "kyc_tier": changes.kyc_tier,
            },
        )
        told = {"reason": reason} if reason else {}
        if {"name", "phone"} & set(changed):
            fields = sorted({"name", "phone"} & set(changed))
            _append("user.profile_changed", person, actor, {"fields": fields, **told})
        if "kyc_tier" in changed:
            to = {"from": tier, "to": person.kyc_tier}
            _append("user.kyc_tier_changed", person, actor, {**to, **told})
        if "is_active" in changed:
            _open_or_shut(person, actor, told, at=at)

    return person


def _open_or_shut(person: User, actor: User, told: dict[str, str], *, at: datetime) -> None:
    if person.is_active:
        _append("user.reactivated", person, actor, told)
        return
    person.token_version += 1
    person.save(update_fields=["token_version"])
    _append("user.deactivated", person, actor, told)
    end_families_of(user_id=person.id, at=at, reason="deactivated")


def _append(type: str, person: User, actor: User, data: Mapping[str, object]) -> None:  # noqa: A002
    append_event(
        type=type, subject=str(person.id), owner_id=person.id, actor_id=actor.id, data=dict(data)
    )
