"""A proposal is applied once, however many approve it at the same instant."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from accounts.errors import AccountRefusal
from accounts.models import User
from accounts.operations import approve_role, propose_role
from accounts.tests.factories import person

pytestmark = pytest.mark.usefixtures("committed_db")
NOW = timezone.now()


def test_two_approve_at_the_same_instant() -> None:
    admin, alice = person(role="admin"), person()
    approvers = [person(role="superuser") for _ in range(6)]
    proposal = propose_role(actor_id=admin.id, person_id=alice.id, role="staff", reason="x", at=NOW)
    outcomes: list[str] = []

    def approve(actor: User) -> None:
        try:
            approve_role(actor_id=actor.id, proposal_id=proposal.id, at=NOW)
            outcomes.append("approved")
        except AccountRefusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=approve, args=(actor,)) for actor in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved"] + ["proposal_closed"] * 5
    alice.refresh_from_db()
    assert alice.token_version == 1
