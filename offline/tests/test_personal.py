"""Offline payments in an export, and open ones that keep their owner's data from being erased."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.errors import ErasureRefused
from accounts.models import User
from accounts.operations import erase_person
from accounts.tests.factories import client_of
from offline.tests.phones import Phone

pytestmark = pytest.mark.django_db


def exported(user: User) -> dict[str, Any]:
    answer: Any = client_of(user).get("/api/v1/users/me/export")
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def test_both_sides_are_told_of_a_payment() -> None:
    alice, shop = Phone(holding="60.00").load("60.00"), Phone()
    shop.sync_one(alice.sign(alice.draft(shop, 5_000)))

    hers, theirs = exported(alice.owner), exported(shop.owner)

    assert len(hers["offline_devices.json"]) == 1
    (certificate,) = hers["offline_certificates.json"]
    assert (certificate["authorised"], certificate["held"]) == ("60.00", "10.00")
    assert certificate["held_until"] > certificate["expires_at"]
    assert [row["amount"] for row in hers["offline_payments.json"]] == ["50.00"]
    assert theirs["offline_payments.json"] == hers["offline_payments.json"]
    assert theirs["offline_certificates.json"] == []


def test_money_that_is_on_a_phone_keeps_its_owner_known() -> None:
    alice = Phone(holding="60.00").load("60.00")

    with pytest.raises(ErasureRefused) as refused:
        erase_person(person_id=alice.owner.id, actor_id=alice.owner.id, at=timezone.now())

    assert "an offline certificate" in refused.value.open_items
    assert User.objects.get(id=alice.owner.id).erased_at is None
