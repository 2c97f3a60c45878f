from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts import locks as accounts_locks
from accounts import vault
from accounts.errors import PersonNotFound
from accounts.models import Purpose
from accounts.sealing import Place
from events.operations import append_event
from payments import queries
from payments.errors import (
    AccountNotFound,
    BeneficiaryRefused,
    HolderNotKnown,
    PayoutsNotSupported,
    ProviderUnavailable,
    TooManyBeneficiaries,
)
from payments.models import Beneficiary
from payments.operations.keep_conversation import told
from payments.providers import patience
from payments.providers.base import (
    NOT_FOUND,
    BankAccount,
    BeneficiaryCode,
    Capability,
    Done,
    Outcome,
    Provider,
    Refused,
)

MOST_BENEFICIARIES = 50


def add_beneficiary(
    *,
    owner_id: UUID,
    account: BankAccount,
    provider: Provider,
    beneficiary_id: UUID,
    now: datetime,
) -> Beneficiary:
    """Remember a bank account that somebody wants to pay out to, sealed with their own key.

    Its holder is whom the provider names, where it does. The same account again is the
    beneficiary that is there already, and so is another run with the same `beneficiary_id`.
    Asks the provider, so it refuses to run inside a transaction. Raises `PayoutsNotSupported`,
    `AccountNotFound`, `HolderNotKnown`, `BeneficiaryRefused`, `TooManyBeneficiaries`, and
    `ProviderUnavailable`, after which the same request may be sent again.
    """
    if account.currency not in provider.payout_currencies:
        raise PayoutsNotSupported(provider.name, account.currency)
    if earlier := queries.find_beneficiary(owner_id=owner_id, beneficiary_id=beneficiary_id):
        return earlier

    held = _resolve(account, provider, str(beneficiary_id))
    code = tell_provider(held, provider=provider, key=beneficiary_id)
    if isinstance(code, Refused):
        raise BeneficiaryRefused(provider.name, code.code)

    return _write(
        Beneficiary(
            id=beneficiary_id,
            owner_id=owner_id,
            provider=provider.name,
            currency=held.currency,
            bank_code=held.bank_code,
            # Not known yet, the first payout asks again.
            provider_code=code.value.code if isinstance(code, Done) else "",
            created_at=now,
        ),
        held,
    )


def tell_provider(
    account: BankAccount, *, provider: Provider, key: UUID
) -> Outcome[BeneficiaryCode]:
    """Ask what the provider calls an account; with one key always the same."""
    ask = partial(provider.create_beneficiary, account, key=str(key))
    return told(
        patience.again(provider.name, ask),
        provider=provider.name,
        question="create_beneficiary",
        reference=str(key),
    )


def _resolve(account: BankAccount, provider: Provider, reference: str) -> BankAccount:
    if Capability.RESOLVE_ACCOUNTS not in provider.capabilities:
        return _named(account)
    outcome = told(
        patience.again(provider.name, partial(provider.resolve_account, account)),
        provider=provider.name,
        question="resolve_account",
        reference=reference,
    )
    match outcome:
        case Done(value=found):
            return found
        case Refused(code=code) if code == NOT_FOUND:
            raise AccountNotFound
        case Refused():
            return _named(account)
        case _:
            raise ProviderUnavailable(provider.name, outcome.reason)


def _named(account: BankAccount) -> BankAccount:
    if not account.name:
        raise HolderNotKnown
    return account


def _write(new: Beneficiary, account: BankAccount) -> Beneficiary:
    with transaction.atomic(durable=True):
        if accounts_locks.lock_person(user_id=new.owner_id) is None:
            raise PersonNotFound
        if there := _same(new, account):
            return there
        if queries.beneficiaries(owner_id=new.owner_id).count() >= MOST_BENEFICIARIES:
            raise TooManyBeneficiaries(MOST_BENEFICIARIES)

        new.number_sealed = _seal(new, account.number, queries.number_place(new.pk))
        new.name_sealed = _seal(new, account.name, queries.name_place(new.pk))
        new.save(force_insert=True)
        append_event(
            type="beneficiary.added",
            subject=str(new.pk),
            owner_id=new.owner_id,
            actor_id=new.owner_id,
            data={"provider": new.provider, "currency": new.currency, "bank": new.bank_code},
        )
    return new


def _same(new: Beneficiary, account: BankAccount) -> Beneficiary | None:
    """The person is locked: nobody else adds one of theirs meanwhile."""
    rows = list(
        queries.beneficiaries(owner_id=new.owner_id).filter(
            provider=new.provider, currency=new.currency, bank_code=new.bank_code
        )
    )
    for row, known in zip(rows, queries.accounts_of(rows), strict=True):
        if known.number == account.number or row.pk == new.pk:
            return row
    return None


def _seal(new: Beneficiary, plain: str, place: Place) -> bytes:
    return vault.seal_for(
        person_id=new.owner_id, purpose=Purpose.PROFILE, plain=plain.encode(), place=place
    )
