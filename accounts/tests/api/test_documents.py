"""Documents: handed in by people, sealed, read and decided by staff."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import Document, User
from accounts.tests.factories import as_owner, client_of, grant, person
from events.models import Event

pytestmark = pytest.mark.django_db

MINE = "/api/v1/users/me/documents"
PNG = b"\x89PNG\r\n\x1a\n" + b"passport of alice"
SAMPLES = {
    "application/pdf": b"%PDF-1.7\nsomething",
    "image/jpeg": b"\xff\xd8\xff\xe0something",
    "image/png": PNG,
}


@pytest.fixture
def alice() -> User:
    return person("alice@example.com", kyc_tier=0)


@pytest.fixture
def staff() -> User:
    return person(role="staff")


def hand_in(user: User, content: bytes = PNG, **fields: Any) -> Any:
    file = SimpleUploadedFile(fields.pop("name", "a.png"), content, "text/html")
    return client_of(user).post(
        MINE, {"kind": "identity", "file": file, **fields}, format="multipart"
    )


@pytest.mark.parametrize("content_type", SAMPLES)
def test_a_file_is_known_by_how_it_begins(alice: User, content_type: str) -> None:
    answer = hand_in(alice, SAMPLES[content_type], name="page.html")

    assert answer.status_code == 201
    body = answer.json()
    assert (body["content_type"], body["status"]) == (content_type, "submitted")
    assert body["size"] == len(SAMPLES[content_type])
    assert client_of(alice).get(MINE).json()["results"] == [body]


def test_it_is_nowhere_in_clear(alice: User) -> None:
    hand_in(alice)

    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM accounts_document d WHERE person_id = %s", [alice.id])
        assert b"passport".hex() not in cursor.fetchone()[0]


def test_large_ones_never_touch_the_disk(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)

    answer = hand_in(alice, b"%PDF-" + b"x" * (5 * 1024 * 1024 - 5))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"MZ\x90", b" %PDF-1.7", b"GIF89a", b"%PDF-" + b"x" * (5 * 1024 * 1024 - 4)],
    ids=["html", "program", "shifted", "gif", "large"],
)
def test_other_files_are_refused(alice: User, content: bytes) -> None:
    answer = hand_in(alice, content)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"
    assert not Document.objects.filter(person=alice).exists()


def test_far_too_large_is_not_read(alice: User) -> None:
    assert hand_in(alice, PNG + b"x" * 6 * 1024 * 1024).status_code == 413


@pytest.mark.parametrize("fields", [{"kind": "joke"}, {"file": ""}, {"file": "text"}])
def test_bad_forms_are_refused(alice: User, fields: dict[str, Any]) -> None:
    assert hand_in(alice, **fields).status_code == 400


def test_json_is_not_a_form(alice: User) -> None:
    assert client_of(alice).post(MINE, {}, format="json").status_code == 415


def test_five_may_wait(alice: User) -> None:
    for _ in range(5):
        assert hand_in(alice).status_code == 201

    answer = hand_in(alice)

    assert (answer.status_code, answer.json()["code"]) == (422, "limit_exceeded")
    assert hand_in(person()).status_code == 201


def test_nobody_sees_the_documents_of_another(alice: User) -> None:
    document = hand_in(alice).json()["id"]
    bob = client_of(person())

    assert bob.get(MINE).json()["results"] == []
    assert bob.get("/api/v1/documents").status_code == 403
    assert bob.get(f"/api/v1/documents/{document}/file").status_code == 403


def test_staff_read_and_that_is_on_record(alice: User, staff: User) -> None:
    document = hand_in(alice).json()["id"]
    client = client_of(staff)

    queue = client.get("/api/v1/documents", {"status": "submitted"}).json()["results"]
    file = client.get(f"/api/v1/documents/{document}/file", headers={"Accept": "image/*"})

    assert (queue[0]["id"], queue[0]["person"]) == (document, str(alice.id))
    assert file.content == PNG
    assert file["Content-Type"] == "image/png"
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    assert Event.objects.get(type="document.read", subject=document).actor_id == staff.id


def test_a_decision_sets_the_tier(alice: User) -> None:
    document = hand_in(alice).json()["id"]
    admin = client_of(person(role="admin"))

    body = {"decision": "accepted", "kyc_tier": 2, "reason": "passport"}
    answer = admin.post(f"/api/v1/documents/{document}/decision", body, format="json")

    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert User.objects.get(id=alice.id).kyc_tier == 2
    assert client_of(alice).get(MINE).json()["results"][0]["reason"] == "passport"
    again = admin.post(f"/api/v1/documents/{document}/decision", body, format="json")
    assert (again.status_code, again.json()["reason"]) == (409, "document_decided")


def decide(actor: User, document: str, **body: Any) -> Any:
    path = f"/api/v1/documents/{document}/decision"
    return client_of(actor).post(path, body, format="json")


def test_a_tier_wants_its_own_permission(alice: User, staff: User) -> None:
    document = hand_in(alice).json()["id"]

    assert decide(staff, document, decision="accepted", kyc_tier=1).status_code == 403
    assert Document.objects.get(person=alice).status == "submitted"
    grant("staff", "set_kyc_tier")
    assert decide(staff, document, decision="accepted", kyc_tier=1).status_code == 200


def test_a_rejection_changes_no_tier(alice: User, staff: User) -> None:
    answer = decide(staff, hand_in(alice).json()["id"], decision="rejected", reason="blurred")

    assert answer.json()["status"] == "rejected"
    assert User.objects.get(id=alice.id).kyc_tier == 0


def test_nobody_decides_about_equals_above_or_themselves(staff: User) -> None:
    for owner in (staff, person(role="staff"), person(role="admin")):
        document = hand_in(owner).json()["id"]
        client = client_of(staff)

        assert client.get(f"/api/v1/documents/{document}/file").status_code == 404
        decided = client.post(
            f"/api/v1/documents/{document}/decision", {"decision": "accepted"}, format="json"
        )
        assert decided.status_code == 404
        assert Document.objects.get(id=document).status == "submitted"
    assert client_of(staff).get("/api/v1/documents").json()["results"] == []
    assert client_of(staff).get(f"/api/v1/documents/{uuid4()}/file").status_code == 404
    assert client_of(staff).get("/api/v1/documents?status=x").status_code == 400


def test_a_document_swapped_in_the_database_does_not_open(alice: User, staff: User) -> None:
    mine, other = hand_in(alice).json()["id"], hand_in(person()).json()["id"]
    stolen = bytes(Document.objects.get(id=other).sealed)

    with as_owner():
        Document.objects.filter(id=mine).update(sealed=stolen)
    client = client_of(staff)
    client.raise_request_exception = False

    assert client.get(f"/api/v1/documents/{mine}/file").status_code == 500
    assert client.get(f"/api/v1/documents/{other}/file").content == PNG
