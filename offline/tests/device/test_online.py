"""The device kit against this installation, over a socket: enrol, load, pay offline, sync."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from accounts.tests.factories import PASSWORD, person, with_password
from ledger.money import Money
from offline.messages import Settlement, read
from offline.models import Case, CaseKind, CaseStatus, Device, DeviceStatus
from offline.tests.device.online import Phone, Tools, pay
from offline.tests.phones import offline_wallet
from wallets.tests.factories import fund, holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


def test_an_offline_day(phones: list[Phone]) -> None:
    alice, bob, _ = phones
    assert (holds(alice.row), holds(bob.row)) == ("0.00", "0.00")
    for amount in ("150.00", "50.00"):
        pay(alice, bob, amount)
        alice.done("receipt", given=bob.out)

    assert "150.00 NGN" in bob.done("sync")
    assert "settled" in bob.out
    assert holds(bob.row) == "200.00"
    alice.done("sync")
    assert alice.out.count("settled") == 2

    outcomes = [payment.outcome for payment in alice.wallet().payments]
    outcomes += [income.outcome for income in bob.wallet().incomes]
    assert {outcome.status for outcome in outcomes} == {"settled"}
    assert outcomes[0].settlement == outcomes[2].settlement
    for outcome in outcomes:
        settled = read(Settlement, outcome.settlement)
        assert settled.body.issuer == alice.wallet().issuer
    for phone in (alice, bob):
        phone.done("sync")
        assert "0 sent" in phone.err


def test_loading_takes_only_what_the_offline_wallet_lacks(
    tmp_path: Path, served: str, tools: Tools
) -> None:
    owner = person()
    current = wallet_of(owner)
    fund(current, Money.of("1000.00", "NGN"))
    row = offline_wallet(owner, holding="300.00")
    phone = Phone(tmp_path / "a.wallet", owner, served, tools).enrol()

    phone.done("load", "500.00")

    assert phone.wallet().number == row.number
    assert (holds(current), holds(row)) == ("800.00", "0.00")
    assert f"200.00 NGN moved from wallet {current.number}." in phone.err


def test_a_payer_who_syncs_first_waits_for_the_payee(phones: list[Phone]) -> None:
    alice, bob, _ = phones
    pay(alice, bob, "100.00")

    assert "pending" in alice.done("sync")
    assert holds(bob.row) == "0.00"
    assert "settled" in bob.done("sync")
    assert holds(bob.row) == "100.00"
    assert "settled" in alice.done("sync")


def test_a_payer_with_the_receipt_settles_for_both(phones: list[Phone]) -> None:
    alice, bob, _ = phones
    pay(alice, bob, "100.00")
    alice.done("receipt", given=bob.out)

    assert "settled" in alice.done("sync")
    assert holds(bob.row) == "100.00"
    assert "settled" in bob.done("sync")
    assert holds(bob.row) == "100.00"


def test_a_copied_wallet_pays_twice_and_is_found_out(phones: list[Phone]) -> None:
    alice, bob, carol = phones
    copy = alice.path.with_name("copy.wallet")
    shutil.copy(alice.path, copy)
    pay(alice, bob, "150.00")
    alice.path = copy
    pay(alice, carol, "200.00")
    bob.done("sync")

    carol.done("sync")

    device = alice.wallet().device
    assert Device.objects.get(did=device).status == DeviceStatus.REVOKED
    case = Case.objects.get(certificate__device__did=device)
    assert (case.kind, case.status) == (CaseKind.FORK, CaseStatus.OPEN)
    revoked = carol.wallet().revocations
    assert revoked is not None
    assert device in revoked.devices
    # Whoever has been online since does not fall for it again.
    request = carol.done("request", "10.00")
    payment = alice.done("pay", "--yes", given=request)
    assert carol("receive", given=payment) == 1
    assert "device_revoked" in carol.err


def test_a_second_certificate_wants_the_first_one_closed(phones: list[Phone]) -> None:
    alice, bob, _ = phones
    pay(alice, bob, "100.00")

    assert alice("load", "100.00") == 1
    assert "certificate_active" in alice.err
    alice.done("close")
    request = bob.done("request", "1.00")
    assert alice("pay", "--yes", given=request) == 1
    assert "no_certificate" in alice.err
    alice.done("load", "100.00")

    assert len(alice.wallet().spendings) == 2
    alice.done("pay", "--yes", given=request)
    bob.done("receive", given=alice.out)
    assert bob.done("sync").count("settled") == 2
    assert holds(bob.row) == "101.00"


def test_enrolling_again_goes_on_with_the_same_key(phones: list[Phone]) -> None:
    alice = phones[0]
    device = alice.wallet().device

    alice.enrol()

    assert alice.wallet().device == device
    assert Device.objects.filter(did=device).count() == 1


def test_a_second_device_of_a_wallet_is_refused(phones: list[Phone]) -> None:
    alice = phones[0]
    alice.path = alice.path.with_name("other.wallet")

    refused = alice("enrol", "--origin", alice.origin, "--currency", "NGN")

    assert refused == 1
    assert "device_active" in alice.err
    assert Device.objects.filter(owner_id=alice.owner.pk).count() == 1


def test_a_printed_code_is_paid_and_received(phones: list[Phone]) -> None:
    alice, bob, _ = phones
    code = bob.done("code")

    for amount in ("5.00", "7.00"):
        payment = alice.done("pay", "--yes", "--amount", amount, given=code)
        receipt = bob.done("receive", "--yes", given=payment)
        alice.done("receipt", given=receipt)
    single = bob.done("code", "3.00")
    alice.done("receipt", given=bob.done("receive", given=alice.done("pay", "--yes", given=single)))

    assert bob.done("sync").count("settled") == 3
    assert holds(bob.row) == "15.00"


def test_a_person_logs_in_with_a_password(
    tmp_path: Path, served: str, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = with_password(person())
    phone = Phone(tmp_path / "a.wallet", owner, served, tools)
    arguments = ("enrol", "--origin", served, "--currency", "NGN", "--email", owner.email)
    monkeypatch.setenv("DEVICE_PASSWORD", "not-the-password-1")
    assert phone(*arguments, token="") == 1
    assert "login_refused" in phone.err
    assert not phone.path.exists()

    monkeypatch.setenv("DEVICE_PASSWORD", PASSWORD)
    assert phone(*arguments, token="") == 0, phone.err
    assert Device.objects.filter(owner_id=owner.pk).count() == 1


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        ("http://127.0.0.1:9", "cannot be reached"),
        ("http://wallet.example", "without TLS"),
        ("ftp://wallet.example", "https://"),
        ("wallet.example", "https://"),
    ],
)
def test_without_a_server_nothing_is_written(
    tmp_path: Path, tools: Tools, origin: str, why: str
) -> None:
    phone = Phone(tmp_path / "a.wallet", person(), origin, tools)

    assert phone("enrol", "--origin", origin, "--currency", "NGN") == 1
    assert "server_away" in phone.err
    assert why in phone.err
    assert not phone.path.exists()


def test_a_dead_token_is_told(phones: list[Phone]) -> None:
    alice = phones[0]

    assert alice("load", "1.00", token="nonsense") == 1
    assert "token_not_valid" in alice.err
