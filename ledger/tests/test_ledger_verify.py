"""The command `ledger_verify`, over all that other tests committed as well."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection

from ledger.operations import all_checks, post
from ledger.tests.factories import customer, entry

pytestmark = pytest.mark.usefixtures("committed_db")


def test_command_says_so_and_exits_zero() -> None:
    post(entry(customer(100), customer(), 30))
    out, seen = io.StringIO(), io.StringIO()

    call_command("ledger_verify", "--json", stdout=out, stderr=seen)

    report = json.loads(out.getvalue())
    assert report["ok"] is True
    assert [check["name"] for check in report["checks"]] == [c.name for c in all_checks()]
    assert all(set(check) == {"name", "ok", "checked", "detail"} for check in report["checks"])
    assert seen.getvalue() == ""


def test_command_tells_people_what_holds() -> None:
    out = io.StringIO()

    call_command("ledger_verify", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[-1] == f"The books are proved: {len(all_checks())} invariants hold."
    assert all(line.startswith("ok ") for line in lines[:-1])


def test_broken_books_exit_with_one_and_name_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    account = customer(100)
    out = io.StringIO()
    _set_balance(account, 101)
    try:
        with pytest.raises(SystemExit) as exit_:
            call_command("ledger_verify", "--json", stdout=out)
    finally:
        _set_balance(account, 100)

    report = json.loads(out.getvalue())
    details = {c["name"]: c["detail"] for c in report["checks"] if not c["ok"]}
    assert exit_.value.code == 1
    assert report["ok"] is False
    assert set(details) == {"balances_are_the_postings", "currencies_sum_to_zero"}
    assert details["balances_are_the_postings"].startswith(f"account {account} ")


def _set_balance(account: int, minor: int) -> None:
    """Corrupt, and mend, a balance as only the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE ledger_ledgeraccount SET balance_minor = %s WHERE id = %s", [minor, account]
        )
        cursor.execute("RESET ROLE")
