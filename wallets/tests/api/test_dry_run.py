"""POST /transfers?dry_run=true: what would happen, and nothing happens."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import KeyedAnswer
from ledger.models import JournalEntry
from wallets.models import Transfer
from wallets.tests.api.parties import URL, Parties
from wallets.tests.factories import holds

pytestmark = pytest.mark.usefixtures("committed_db")


def try_it(parties: Parties, flag: str = "true", **changes: Any) -> Any:
    return parties.client.post(
        f"{URL}?dry_run={flag}",
        parties.body(**changes),
        format="json",
        headers={"Idempotency-Key": f"dry-{parties.source.number}"},
    )


def test_it_says_what_would_happen_and_does_not_do_it() -> None:
    parties = Parties()
    before = (JournalEntry.objects.count(), Transfer.objects.count(), KeyedAnswer.objects.count())

    response = try_it(parties)

    assert response.status_code == 200, response.content
    answer = response.json()
    assert "reference" not in answer
    assert (answer["amount"], answer["fee"], answer["status"]) == ("25.50", "0.00", "completed")
    assert answer["balance"] == {"available": "74.50", "held": "0.00", "total": "74.50"}
    assert (holds(parties.source), holds(parties.target)) == ("100.00", "0.00")
    assert before == (
        JournalEntry.objects.count(),
        Transfer.objects.count(),
        KeyedAnswer.objects.count(),
    )


def test_it_refuses_as_the_real_one_would() -> None:
    parties = Parties()

    response = try_it(parties, amount="100.01")

    assert (response.status_code, response.json()["code"]) == (422, "insufficient_funds")
    assert holds(parties.source) == "100.00"


def test_false_is_the_real_one_and_other_words_are_refused() -> None:
    parties = Parties()

    assert try_it(parties, "perhaps").status_code == 400
    assert holds(parties.source) == "100.00"
    assert try_it(parties, "false").status_code == 201
    assert holds(parties.source) == "74.50"
