"""manage.py verify_seals, and the sweep that seals."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from ledger import seal_queries
from ledger.operations import post
from ledger.tasks import seal_journal
from ledger.tests.factories import customer, entry
from ledger.tests.seals import KEY, KEY_TEXT

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def _key(settings: Any) -> None:
    settings.SEAL_KEY = KEY_TEXT


def _post(reference: str) -> int:
    with transaction.atomic():
        source, target = customer(100), customer()
    return post(entry(source, target, 1, reference=f"{reference}{source}")).entry_id


def _verify(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("verify_seals", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_sweep_seals_and_the_command_proves_it() -> None:
    posted = _post("sweep")

    seal_journal()

    assert seal_queries.prove(posted)
    found = _verify()
    assert (found["ok"], found["detail"]) == (True, "")
    assert _verify("--anchor", f"{found['blocks']}:{found['hash']}")["ok"]


def test_anchor_that_is_gone_exits_with_1() -> None:
    _post("gone")
    seal_journal()

    with pytest.raises(SystemExit) as exit_:
        _verify("--anchor", f"999999999:{'0' * 64}")

    assert exit_.value.code == 1


def test_without_a_key_nothing_is_sealed_and_nobody_is_trusted(settings: Any) -> None:
    settings.SEAL_KEY = ""
    posted = _post("keyless")
    before = seal_queries.newest_block()

    seal_journal()

    after = seal_queries.newest_block()
    assert (before and before.height) == (after and after.height)
    assert posted
    with pytest.raises(CommandError, match="whom to trust"):
        _verify()


def test_key_that_sealed_before_is_trusted_when_it_is_said_to_be(
    settings: Any,
) -> None:
    _post("retired")
    seal_journal()
    settings.SEAL_KEY = ""
    settings.SEAL_RETIRED_PUBLIC_KEYS = [KEY.public]

    assert _verify()["ok"]


@pytest.mark.parametrize("anchor", ["1", "0:00", "x:y", f"1:{'G' * 64}"])
def test_what_is_no_anchor_is_refused(anchor: str) -> None:
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        _verify("--anchor", anchor)
