"""manage.py export_statement."""

from __future__ import annotations

import csv
import json
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from wallets.statements import reading
from wallets.tests.api.pasts import Past

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> Past:
    return Past()


def _export(past: Past, *options: str) -> None:
    call_command("export_statement", "--wallet", past.source.number, *options)


def test_csv_goes_into_a_file(past: Past, tmp_path: Path) -> None:
    file = tmp_path / "statement.csv"

    _export(past, "--output", str(file))

    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["type"] for row in rows][::8] == ["opening_balance", "closing_balance"]
    assert rows[-1]["balance_after"] == "85.50"


def test_json_goes_to_standard_output(
    past: Past, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _export(past, "--format", "json", "--from", "2026-01-01")

    document = json.loads(capfdbinary.readouterr().out)
    assert document["closing_balance"] == "85.50"
    assert document == past.get("statement", **{"from": "2026-01-01"}).json() | {
        name: document[name] for name in ("to", "created_at")
    }


def test_pdf_is_one(past: Past, tmp_path: Path) -> None:
    file = tmp_path / "statement.pdf"

    _export(past, "--format", "pdf", "--output", str(file))

    assert "85.50" in PdfReader(BytesIO(file.read_bytes())).pages[0].extract_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "soon"], "--from: A day"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "--to: The period ends"),
        (["--output", "/nowhere/at/all.csv"], "/nowhere/at/all.csv: No such file"),
    ],
)
def test_refusals_say_what_is_wrong(past: Past, options: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        _export(past, *options)


def test_unknown_wallet_is_refused() -> None:
    with pytest.raises(CommandError, match="no such wallet"):
        call_command("export_statement", "--wallet", "0000000000000")


def test_too_many_lines_leave_the_file_alone(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 6)
    file = tmp_path / "statement.pdf"
    file.write_text("of last month")

    with pytest.raises(CommandError, match="shorter period"):
        _export(past, "--format", "pdf", "--output", str(file))

    assert file.read_text() == "of last month"
