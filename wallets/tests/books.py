"""The books of all tests so far, which share a database."""

from __future__ import annotations

from django.db import transaction

from ledger.operations import all_checks
from ledger.operations.verify import run_checks


def broken_books() -> set[tuple[str, str]]:
    """What is wrong with them, by name and first broken row: compare it with what was before."""
    with transaction.atomic():
        return {(one.name, one.detail) for one in run_checks(all_checks()) if not one.ok}
