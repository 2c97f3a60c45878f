from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from accounts import locks
from accounts.errors import DataErased, ErasureRefused, PersonNotFound
from accounts.models import (
    ApiKey,
    DataKey,
    Document,
    DocumentStatus,
    EmailCode,
    FactorSecret,
    KnownDevice,
    LoginCode,
    Purpose,
    TransactionPin,
    User,
)
from accounts.operations.end_families import end_families_of
from events.operations import append_event, remove_endpoints_of


def erase_person(*, person_id: UUID, actor_id: UUID, at: datetime) -> str:
    """Destroy all that tells who somebody is; what their money did stays, under an opaque id.

    Their key is destroyed, so that nothing which it sealed can be read again, not even in a
    backup of later. What accepted documents say is kept for `KYC_RETENTION` under a key of its
    own, and then destroyed by `destroy_due_keys`. Their logins end and nobody comes in as them
    again; the e-mail address is free for a new account. Returns it, for a last mail.

    Staff (`actor_id` another) act on people of less weight only. Raises `PersonNotFound`,
    `DataErased` the second time, and `ErasureRefused` while there is money or another open item.
    """
    with transaction.atomic():
        person = _lock(person_id, actor_id)
        for name in settings.BEFORE_ERASURE:
            import_string(name)(person_id=person_id, at=at)
        open_items = _open_items(person_id)
        if open_items:
            raise ErasureRefused(open_items=open_items)

        address = person.email
        _destroy_keys(person, at=at)
        _forget_credentials(person, at=at)
        _overwrite(person, at=at)
        end_families_of(user_id=person_id, at=at, reason="erased")
        remove_endpoints_of(owner_id=person_id, at=at)
        append_event(
            type="user.erased",
            subject=str(person_id),
            owner_id=person_id,
            actor_id=actor_id,
            data={},
        )

    return address


def destroy_due_keys(*, now: datetime) -> int:
    """Destroy the keys whose time has come, with the documents they sealed; return how many."""
    with transaction.atomic():
        due = DataKey.objects.select_for_update(no_key=True, skip_locked=True).filter(
            destroy_at__lte=now, destroyed_at=None
        )
        keys = list(due.order_by("id")[:500])
        for key in keys:
            _destroy(key, at=now)
            Document.objects.filter(person_id=key.person_id).delete()
            append_event(
                type="user.evidence_destroyed",
                subject=str(key.person_id),
                owner_id=key.person_id,
                data={},
            )
    return len(keys)


def _lock(person_id: UUID, actor_id: UUID) -> User:
    if actor_id == person_id:
        person = locks.lock_person(user_id=person_id)
    else:
        person, _ = locks.lock_person_below(person_id=person_id, actor_id=actor_id)
    if person is None:
        raise PersonNotFound
    if person.erased_at is not None:
        raise DataErased
    return person


def _open_items(person_id: UUID) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for name in settings.OPEN_ITEMS:
            statements: dict[str, str] = import_string(name)
            for item, statement in statements.items():
                cursor.execute(statement, {"person": person_id})
                if cursor.fetchall() == [(True,)]:
                    found.append(item)
    return found


def _destroy_keys(person: User, *, at: datetime) -> None:
    for purpose in Purpose:
        # Made where there is none, so that there never will be one.
        key, _ = DataKey.objects.get_or_create(
            person=person, purpose=purpose, defaults={"destroyed_at": at}
        )
        accepted = person.documents.filter(status=DocumentStatus.ACCEPTED)
        if purpose == Purpose.IDENTITY and accepted.exists():
            person.documents.exclude(status=DocumentStatus.ACCEPTED).delete()
            key.destroy_at = at + settings.KYC_RETENTION
            key.save(update_fields=["destroy_at"])
            continue
        if purpose == Purpose.IDENTITY:
            person.documents.all().delete()
        _destroy(key, at=at)


def _destroy(key: DataKey, *, at: datetime) -> None:
    key.wrapped, key.destroyed_at = None, at
    key.save(update_fields=["wrapped", "destroyed_at"])


def _forget_credentials(person: User, *, at: datetime) -> None:
    SocialToken.objects.filter(account__user=person).delete()
    FactorSecret.objects.filter(id__in=_factor_secrets(person)).delete()
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession, KnownDevice, LoginCode):
        model.objects.filter(user=person).delete()
    TransactionPin.objects.filter(owner=person).delete()
    keys = ApiKey.objects.filter(owner=person)
    keys.filter(revoked_at=None).update(place=None, revoked_at=at)
    keys.update(name="", allowed_ips=[])


def _factor_secrets(person: User) -> list[UUID]:
    """What allauth's rows hold in place of the secrets of this person's authenticators."""
    found = []
    for data in Authenticator.objects.filter(user=person).values_list("data", flat=True):
        for name in ("secret", "seed"):
            try:
                # The id stands last, after a word that says what it is.
                found.append(UUID(data[name][-36:]))
            except (KeyError, TypeError, ValueError):
                continue
    return found


def _overwrite(person: User, *, at: datetime) -> None:
    person.email = f"{person.id}@erased.invalid"
    person.name = ""
    person.phone_sealed = person.phone_index = None
    person.email_code = EmailCode.NEVER
    person.kyc_tier = 0
    person.last_login = None
    person.is_active = False
    person.erased_at = at
    person.token_version += 1
    person.set_unusable_password()
    person.save()
