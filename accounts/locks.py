"""The only place of this app that locks rows: a person before their families, those by id."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import ApiKey, FailedTries, LoginCode, TokenFamily, TransactionPin, User

# Writes nothing new to a row that is there, but locks it; in one statement, so that no row can
# go between making and locking.
_TRIES = """
INSERT INTO accounts_failedtries (subject, failures, last_at, blocked_until)
VALUES (%(subject)s, 0, %(at)s, %(at)s)
ON CONFLICT (subject) DO UPDATE SET subject = EXCLUDED.subject
RETURNING *
"""


def lock_person(*, user_id: UUID) -> User | None:
    """Lock a person until the transaction ends."""
    people = User.objects.select_for_update(of=("self",), no_key=True).select_related("role")
    return people.filter(id=user_id).first()


def lock_family(*, family_id: UUID) -> TokenFamily | None:
    """Lock a family until the transaction ends and return it with its person and their role."""
    families = TokenFamily.objects.select_for_update(of=("self",), no_key=True)
    return families.select_related("user__role").filter(id=family_id).first()


def lock_live_families(which: Q) -> list[TokenFamily]:
    """Lock those of the families that nobody has ended yet, in the order of their ids."""
    families = TokenFamily.objects.select_for_update(no_key=True).filter(which, revoked_at=None)
    return list(families.order_by("id"))


def lock_tries(*, subject: UUID, at: datetime) -> FailedTries:
    """Lock the count of one subject until the transaction ends, making it where there is none."""
    return FailedTries.objects.raw(_TRIES, {"subject": subject, "at": at})[0]


def lock_login_code(*, code_id: UUID) -> LoginCode | None:
    """Lock the code of a login until the transaction ends."""
    return LoginCode.objects.select_for_update(no_key=True).filter(id=code_id).first()


def lock_pin(*, owner_id: UUID) -> TransactionPin | None:
    """Lock somebody's transaction PIN until the transaction ends."""
    return TransactionPin.objects.select_for_update(no_key=True).filter(owner_id=owner_id).first()


def lock_keys(*, owner_id: UUID) -> list[ApiKey] | None:
    """Lock a person, and with them the making of keys; return their keys, None for nobody.

    The keys themselves are not locked: whoever uses one must not wait.
    """
    if lock_person(user_id=owner_id) is None:
        return None
    return list(ApiKey.objects.filter(owner_id=owner_id))
