"""GET /transfers/{reference}/proof, checked by a script that knows nothing of the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.tests.factories import client_of, person
from ledger.operations import seal_entries
from ledger.seals import SealKey
from ledger.tests.seals import KEY
from wallets.tests.api.pasts import Past

pytestmark = pytest.mark.usefixtures("committed_db")

SCRIPT = Path(settings.BASE_DIR) / "script" / "check-proof"


@pytest.fixture
def past() -> Past:
    return Past()


def _proof(past: Past, reference: str) -> Any:
    return past.client.get(f"/api/v1/transfers/{reference}/proof")


def _sealed(past: Past) -> tuple[str, dict[str, Any]]:
    reference = past.lines()[1]["reference"]
    seal_entries(key=KEY, at=timezone.now())
    response = _proof(past, reference)
    assert response.status_code == 200, response.content
    document: dict[str, Any] = response.json()
    return reference, document


def _check(proof: dict[str, Any], folder: Path, *options: str, key: str = "") -> tuple[int, str]:
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    run = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, SCRIPT, file, "--key", key or KEY.public, *options],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    return run.returncode, run.stdout


def test_proof_holds_without_the_server(past: Past, tmp_path: Path) -> None:
    reference, proof = _sealed(past)

    status, told = _check(proof, tmp_path, "--hash", proof["block"]["hash"])

    assert (status, told[:9]) == (0, "It holds.")
    leaf = json.loads(proof["leaf"])
    assert leaf["reference"] == proof["reference"] == reference
    assert {line["amount_minor"] for line in leaf["postings"]} == {"-500", "500"}


def test_proof_tells_nobodys_balance(past: Past) -> None:
    _, proof = _sealed(past)

    assert [set(line) for line in json.loads(proof["leaf"])["postings"]] == [
        {"account", "currency", "amount_minor", "type"}
    ] * 2


def test_forged_proofs_do_not_hold(past: Past, tmp_path: Path) -> None:
    _, proof = _sealed(past)
    other = SealKey("//////////////////////////////////////////8=")
    block = proof["block"]
    forged = [
        proof | {"leaf": proof["leaf"].replace('"500"', '"900"')},
        proof | {"index": proof["index"] ^ 1},
        proof | {"reference": "TRF_other"},
        proof | {"path": proof["path"][1:]},
        proof | {"block": block | {"head": block["head"].replace('"height":', '"height":1')}},
    ]

    assert [_check(one, tmp_path)[0] for one in forged] == [1] * len(forged)
    assert _check(proof, tmp_path, key=other.public)[0] == 1
    assert _check(proof, tmp_path, "--hash", "0" * 64)[0] == 1


def test_receiver_has_the_same_proof_and_a_stranger_none(past: Past) -> None:
    reference, proof = _sealed(past)
    path = f"/api/v1/transfers/{reference}/proof"

    assert client_of(past.bob).get(path).json() == proof
    assert client_of(person()).get(path).status_code == 404


def test_what_is_not_sealed_yet_is_said_to_be_so(past: Past) -> None:
    seal_entries(key=KEY, at=timezone.now())
    made = past.send(past.client, past.source, past.target, "0.10")

    response = _proof(past, made["reference"])

    assert (response.status_code, response.json()["code"]) == (409, "state_conflict")
    assert response.json()["reason"] == "not_sealed_yet"
