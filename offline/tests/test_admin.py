"""Offline payments in the back office: laid out, revoked, and decided by two."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import person
from events.models import Event
from ledger.money import Money
from offline.models import Case, CaseDecision, Certificate, Device, Voucher
from offline.tests.books import prove
from offline.tests.phones import Phone
from wallets.operations import fund_reserve
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db

ADMIN = "/admin/offline"


def staff_client(role: str) -> Client:
    client = Client()
    client.force_login(person(role=role))
    return client


def forked() -> tuple[Phone, list[Phone]]:
    """A copied device that paid two shops with one counter; the second one is not covered."""
    alice, shops = Phone(holding="60.00").load("60.00"), [Phone(), Phone()]
    for shop in shops:
        shop.sync_one(alice.sign(alice.draft(shop, 5_000)))
    return alice, shops


def fund() -> None:
    with transaction.atomic():
        money = Money.of("80.00", "NGN")
        fund_reserve(amount=money, reference=f"RSV_{uuid4().hex}", at=timezone.now())


def text_of(client: Client, path: str, **query: Any) -> str:
    answer = client.get(f"{ADMIN}/{path}", query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_everything_can_be_looked_at() -> None:
    alice, shops = forked()
    client = staff_client("staff")
    voucher = Voucher.objects.filter(status="settled").get()

    for name in ("device", "certificate", "voucher", "case", "casedecision", "revocationlist"):
        text_of(client, f"{name}/")
    assert alice.did in text_of(client, f"device/{alice.did}/change/")
    certificate = text_of(client, f"certificate/{alice.certificate.certificate_id}/change/")
    assert "the signature holds" in certificate
    page = text_of(client, f"voucher/{voucher.pk}/change/")
    assert page.count("the signature holds") == 2
    assert shops[0].wallet.number in page
    case = text_of(client, f"case/{Case.objects.get().pk}/change/")
    assert case.count("the signature holds") == 2
    assert "same_ctr" in case


def test_lists_are_searched_by_whole_numbers() -> None:
    alice, _ = forked()
    client = staff_client("staff")

    assert alice.did in text_of(client, "device/", q=alice.wallet.number)
    assert alice.did not in text_of(client, "device/", q=alice.wallet.number[:-1])


def test_exposure_is_drawn() -> None:
    Phone(holding="500.00").load("400.00")
    forked()

    page = text_of(staff_client("staff"), "certificate/exposure/")

    assert "<svg" in page
    assert "400.00 NGN" in page
    assert "50.00 NGN" in page
    assert Client().get(f"{ADMIN}/certificate/exposure/").status_code == 302


def test_admin_revokes_and_staff_does_not() -> None:
    phone = Phone(holding="60.00").load("60.00")
    body = {"action": "revoke", "_selected_action": [phone.did]}

    staff_client("staff").post(f"{ADMIN}/device/", body)
    assert Device.objects.get(did=phone.did).is_active

    staff_client("admin").post(f"{ADMIN}/device/", body)
    assert Device.objects.get(did=phone.did).revoked_reason == "staff"
    assert Event.objects.get(type="offline.device_revoked").actor_id
    prove()


def test_nothing_can_be_changed_by_hand() -> None:
    alice, _ = forked()
    client = staff_client("superuser")
    voucher = Voucher.objects.first()
    assert voucher

    for path in (
        f"voucher/{voucher.pk}/delete/",
        "voucher/add/",
        f"certificate/{alice.certificate.certificate_id}/delete/",
        "casedecision/add/",
    ):
        assert client.get(f"{ADMIN}/{path}").status_code == 403


def test_case_is_decided_by_two_in_the_back_office() -> None:
    _, shops = forked()
    fund()
    case, voucher = Case.objects.get(), Voucher.objects.get(status="disputed")
    one, other, staff = staff_client("admin"), staff_client("admin"), staff_client("staff")
    url = f"{ADMIN}/case/{case.pk}/propose/"
    body = {"ruling": "pay_from_reserve", "voucher": voucher.pk, "note": "The shop kept the rules."}

    assert staff.post(url, body).status_code == 403
    assert "Empty to close" in text_of(one, f"case/{case.pk}/propose/")
    assert one.post(url, body | {"ruling": "close"}).status_code == 200
    assert not CaseDecision.objects.exists()
    assert one.post(url, body).status_code == 302
    decision = CaseDecision.objects.get()
    approve = {"action": "approve", "_selected_action": [decision.pk]}
    for refused in (one, staff):
        refused.post(f"{ADMIN}/casedecision/", approve)
        assert holds(shops[1].wallet) == "0.00"
    other.post(f"{ADMIN}/casedecision/", approve)

    assert holds(shops[1].wallet) == "50.00"
    page = text_of(one, f"case/{case.pk}/change/")
    assert "pay_from_reserve for" in page
    assert Certificate.objects.get().guaranteed_minor == 5_000
    prove()


def test_case_without_unpaid_vouchers_is_closed_by_two() -> None:
    forked()
    case = Case.objects.get()
    Voucher.objects.filter(status="disputed").update(status="written_off")
    one, other = staff_client("admin"), staff_client("admin")
    url = f"{ADMIN}/case/{case.pk}/propose/"

    assert one.post(url, {"ruling": "close", "note": "Done."}).status_code == 302
    closing = CaseDecision.objects.get()
    other.post(f"{ADMIN}/casedecision/", {"action": "approve", "_selected_action": [closing.pk]})
    assert Case.objects.get().status == "closed"
    prove()
