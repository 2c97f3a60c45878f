"""One's own data, taken along whole, and erased for good."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.errors import DataErased
from accounts.models import DataKey, Document, DocumentStatus, FactorSecret, TokenFamily, User
from accounts.operations import (
    add_person,
    decide_document,
    destroy_due_keys,
    erase_person,
    update_profile,
)
from accounts.tests.factories import PASSWORD, client_of, pair_of, person, with_password
from events.models import Event

pytestmark = pytest.mark.django_db

EXPORT, ERASE = "/api/v1/users/me/export", "/api/v1/users/me/erase"
PDF = b"%PDF-1.7 the passport of Alice"
NOW = timezone.now()


@pytest.fixture
def alice() -> User:
    alice = with_password(person("alice@example.com"))
    update_profile(user_id=alice.id, name="Alice Adeyemi", phone="+2348012345678")
    Authenticator.objects.create(user=alice, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return alice


def with_document(user: User) -> Document:
    file = SimpleUploadedFile("p.pdf", PDF)
    body = {"kind": "identity", "file": file}
    answer = client_of(user).post("/api/v1/users/me/documents", body, format="multipart")
    return Document.objects.get(id=answer.json()["id"])


def accepted(document: Document) -> Document:
    return decide_document(
        actor_id=person(role="staff").id,
        document_id=document.id,
        status=DocumentStatus.ACCEPTED,
        kyc_tier=None,
        reason="",
        at=NOW,
    )


def fresh(user: User) -> Any:
    """A client whose login showed the second factor that this person has."""
    client = client_of(user)
    TokenFamily.objects.filter(user=user).update(second_factor_at=timezone.now())
    return client


def exported(user: User) -> dict[str, Any]:
    answer = fresh(user).get(EXPORT)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {
            name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name)
            for name in archive.namelist()
        }


def everywhere(needle: str) -> list[str]:
    """The tables that hold this text anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ILIKE %s)', [f"%{needle}%"]
            )
            if cursor.fetchone() == (True,):
                found.append(table)
    return found


def test_all_of_ones_data_and_no_secret(alice: User) -> None:
    document = with_document(alice)
    bob = with_document(person("bob@example.com"))

    files = exported(alice)

    assert files["contact.json"] == [{"phone": "+2348012345678"}]
    assert files["profile.json"][0]["email"] == "alice@example.com"
    assert files["documents.json"][0]["id"] == str(document.id)
    assert files[f"documents/{document.id}.pdf"] == PDF
    assert "user.exported" in [event["type"] for event in files["events.json"]]
    assert {"wallets.json", "transfers.json", "transactions.json", "deposits.json"} < set(files)
    text = repr(files)
    assert "JBSWY3DPEHPK3PXP" not in text
    assert "argon2" not in text
    assert "bob@example.com" not in text
    assert str(bob.id) not in text


def test_an_export_wants_a_recent_proof(alice: User) -> None:
    client = client_of(person())
    assert client.get(EXPORT).status_code == 200

    assert client_of(alice).get(EXPORT).json()["code"] == "reauthentication_required"


def test_what_does_not_open_is_told_before_anything_is_sent(alice: User) -> None:
    DataKey.objects.filter(person=alice).update(wrapped=b"v1:k1:" + b"x" * 60)
    client = fresh(alice)
    client.raise_request_exception = False

    assert client.get(EXPORT).status_code == 500


def test_erased(alice: User) -> None:
    with_document(alice)
    client = fresh(alice)

    answer = client.post(ERASE, {"email": "Alice@example.com"}, format="json")

    assert answer.status_code == 204
    alice.refresh_from_db()
    assert alice.email == f"{alice.id}@erased.invalid"
    assert (alice.name, alice.phone_sealed, alice.phone_index) == ("", None, None)
    assert (alice.is_active, alice.has_usable_password()) == (False, False)
    assert not DataKey.objects.filter(person=alice, wrapped__isnull=False).exists()
    assert not Document.objects.filter(person=alice).exists()
    assert not TokenFamily.objects.filter(user=alice, revoked_at=None).exists()
    assert client.get("/api/v1/users/me").status_code == 401
    for told in ("alice@example", "Adeyemi", "2348012345678", "JBSWY3DPEHPK3PXP"):
        assert everywhere(told) == []
    assert Event.objects.get(type="user.erased", owner_id=alice.id).actor_id == alice.id


def test_the_secret_of_an_authenticator_goes_too(alice: User) -> None:
    Authenticator.objects.filter(user=alice).delete()
    TOTP.activate(alice, generate_totp_secret())
    assert FactorSecret.objects.exists()

    erase_person(person_id=alice.id, actor_id=alice.id, at=NOW)

    assert not FactorSecret.objects.exists()


def test_the_address_is_free(alice: User) -> None:
    erase_person(person_id=alice.id, actor_id=alice.id, at=NOW)

    again = add_person(email="alice@example.com", password=PASSWORD)

    assert again.id != alice.id


def test_what_a_backup_of_before_sealed_does_not_open_any_more(alice: User) -> None:
    alice.refresh_from_db()
    before = alice.phone_sealed
    erase_person(person_id=alice.id, actor_id=alice.id, at=NOW)

    User.objects.filter(id=alice.id).update(phone_sealed=before)

    with pytest.raises(DataErased):
        update_profile(user_id=alice.id, phone="+2340000000")


def test_evidence_outlives_its_person_as_long_as_the_law_asks(alice: User, settings: Any) -> None:
    document = accepted(with_document(alice))
    rejected = with_document(alice)
    staff = client_of(person(role="staff"))
    erase_person(person_id=alice.id, actor_id=alice.id, at=NOW)

    assert not Document.objects.filter(id=rejected.id).exists()
    assert staff.get(f"/api/v1/documents/{document.id}/file").content == PDF
    assert destroy_due_keys(now=NOW + settings.KYC_RETENTION - timedelta(seconds=1)) == 0
    assert destroy_due_keys(now=NOW + settings.KYC_RETENTION) == 1
    assert destroy_due_keys(now=NOW + settings.KYC_RETENTION) == 0
    assert staff.get(f"/api/v1/documents/{document.id}/file").status_code == 404
    assert Event.objects.filter(type="user.evidence_destroyed", owner_id=alice.id).exists()


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "bob@example.com"}])
def test_one_says_that_one_means_it(alice: User, body: dict[str, str]) -> None:
    assert fresh(alice).post(ERASE, body, format="json").status_code == 400

    alice.refresh_from_db()
    assert alice.erased_at is None


def test_erasing_wants_a_recent_proof(alice: User) -> None:
    answer = client_of(alice).post(ERASE, {"email": alice.email}, format="json")

    assert answer.json()["code"] == "reauthentication_required"
    assert User.objects.get(id=alice.id).erased_at is None


def test_staff_give_their_role_back_first() -> None:
    staff = person(role="staff")

    answer = client_of(staff).post(ERASE, {"email": staff.email}, format="json")

    assert (answer.status_code, answer.json()["reason"]) == (409, "erasure_refused")
    assert "a role to give back" in answer.json()["detail"]
    assert EmailAddress.objects.filter(user=staff).exists()


def test_admins_erase_for_who_asked_by_letter(alice: User) -> None:
    admin, path = client_of(person(role="admin")), f"/api/v1/users/{alice.id}/erase"

    assert client_of(person(role="staff")).post(path).status_code == 403
    assert client_of(person()).post(path).status_code == 403
    assert admin.post(path).status_code == 204
    assert (admin.post(path).status_code, admin.post(path).json()["code"]) == (404, "not_found")
    other = person(role="admin")
    assert admin.post(f"/api/v1/users/{other.id}/erase").status_code == 404


def test_nobody_comes_in_as_whom_was_erased(alice: User) -> None:
    pair = pair_of(alice)
    admin = client_of(person(role="admin"))
    erase_person(person_id=alice.id, actor_id=alice.id, at=NOW)

    refreshed = client_of(person()).post(
        "/api/v1/tokens/refresh", {"refresh_token": pair.refresh_token}, format="json"
    )
    assert refreshed.status_code == 401
    reopened = admin.patch(f"/api/v1/users/{alice.id}", {"is_active": True}, format="json")
    assert reopened.status_code == 404
    listed = admin.get(f"/api/v1/users/{alice.id}").json()
    assert (listed["name"], listed["phone"], listed["is_active"]) == ("", "", False)
