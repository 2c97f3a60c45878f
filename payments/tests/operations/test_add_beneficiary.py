from __future__ import annotations

import sys
from uuid import uuid4

import pytest
from django.db import connection

from accounts.errors import DataErased
from accounts.models import DataKey, Purpose, User
from accounts.tests.factories import person
from payments import operations, queries
from payments.errors import (
    AccountNotFound,
    BeneficiaryNotFound,
    BeneficiaryRefused,
    PayoutsNotSupported,
    ProviderUnavailable,
    TooManyBeneficiaries,
)
from payments.models import Beneficiary
from payments.providers.base import BankAccount
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, at_once
from payments.tests.payouts import GOOD, beneficiary_of
from wallets.models import Wallet


def test_keeps_where_it_is_sealed_and_the_holder_whom_the_provider_names(
    origin: str, alice: User
) -> None:
    added = beneficiary_of(alice.pk)

    assert queries.accounts_of([added]) == [BankAccount(GOOD, "058", "NGN", "TEST HOLDER 6789")]
    assert added.provider_code.startswith("RCP_")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(b)::text FROM payments_beneficiary b WHERE id = %s", [added.pk]
        )
        row = cursor.fetchone()[0]
    assert GOOD not in row
    assert GOOD.encode().hex() not in row
    assert "HOLDER" not in row


def test_masks_what_it_shows(origin: str, alice: User) -> None:
    (account,) = queries.accounts_of([beneficiary_of(alice.pk)])

    assert queries.masked(account) == {
        "name": "T*** H***** 6***",
        "account_number": "******6789",
        "bank_code": "058",
        "currency": "NGN",
    }


def test_the_same_account_again_is_the_one_that_is_there(origin: str, alice: User) -> None:
    added = at_once(5, lambda _: beneficiary_of(alice.pk))

    assert len({row.pk for row in added if isinstance(row, Beneficiary)}) == 1
    assert queries.beneficiaries(owner_id=alice.pk).count() == 1


def test_another_run_of_the_request_is_answered_the_same(origin: str, alice: User) -> None:
    same = uuid4()
    account = BankAccount(GOOD, "058", "NGN")

    runs = [
        operations.add_beneficiary(
            owner_id=alice.pk, account=account, provider=provider("paystack"),
            beneficiary_id=same, now=NOON,
        )
        for _ in range(2)
    ]  # fmt: skip

    assert [run.pk for run in runs] == [same, same]


def test_refuses_an_account_that_the_bank_does_not_have(origin: str, alice: User) -> None:
    with pytest.raises(AccountNotFound):
        beneficiary_of(alice.pk, "9999999999")
    assert not queries.beneficiaries(owner_id=alice.pk).exists()


def test_refuses_a_currency_that_the_provider_does_not_pay_out(origin: str, alice: User) -> None:
    with pytest.raises(PayoutsNotSupported):
        operations.add_beneficiary(
            owner_id=alice.pk, account=BankAccount(GOOD, "058", "XOF"),
            provider=provider("paystack"), beneficiary_id=uuid4(), now=NOON,
        )  # fmt: skip


def test_refuses_while_the_provider_is_away(origin: str, alice: User, simulator: Simulator) -> None:
    simulator.set_faults(error=1)

    with pytest.raises(ProviderUnavailable):
        beneficiary_of(alice.pk)
    assert not queries.beneficiaries(owner_id=alice.pk).exists()


def test_keeps_no_more_than_so_many(
    origin: str, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package's name for the module is the function in it.
    module = sys.modules["payments.operations.add_beneficiary"]
    monkeypatch.setattr(module, "MOST_BENEFICIARIES", 2)
    for number in ("0123456781", "0123456782"):
        beneficiary_of(alice.pk, number)

    with pytest.raises(TooManyBeneficiaries):
        beneficiary_of(alice.pk, "0123456783")


def test_removed_it_is_gone_and_makes_room(origin: str, alice: User) -> None:
    added = beneficiary_of(alice.pk)

    operations.remove_beneficiary(owner_id=alice.pk, beneficiary_id=added.pk, at=NOON)

    with pytest.raises(BeneficiaryNotFound):
        queries.get_beneficiary(owner_id=alice.pk, beneficiary_id=added.pk)
    with pytest.raises(BeneficiaryNotFound):
        operations.remove_beneficiary(owner_id=alice.pk, beneficiary_id=added.pk, at=NOON)
    assert beneficiary_of(alice.pk).pk != added.pk


def test_somebody_elses_is_not_there(origin: str, alice: User, wallet: Wallet) -> None:
    added, bob = beneficiary_of(alice.pk), person()

    with pytest.raises(BeneficiaryNotFound):
        queries.get_beneficiary(owner_id=bob.pk, beneficiary_id=added.pk)
    with pytest.raises(BeneficiaryNotFound):
        operations.remove_beneficiary(owner_id=bob.pk, beneficiary_id=added.pk, at=NOON)


def test_nobody_reads_it_once_its_owners_key_is_destroyed(origin: str, alice: User) -> None:
    added = beneficiary_of(alice.pk)

    DataKey.objects.filter(person=alice, purpose=Purpose.PROFILE).update(
        wrapped=None, destroyed_at=NOON
    )

    with pytest.raises(DataErased):
        queries.accounts_of([added])


def test_what_the_provider_does_not_pay_to_is_refused(origin: str, alice: User) -> None:
    with pytest.raises((BeneficiaryRefused, AccountNotFound)):
        beneficiary_of(alice.pk, "12")
