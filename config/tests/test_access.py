"""Every route answers everybody as the table says, and the table says what it should.

A new route without a row fails. `PURSER_WRITE_ACCESS=1` writes the table anew; read what changed
before committing it.
"""

from __future__ import annotations

import os
import re

import pytest

from config.tests.access import ASKERS, KEYS, Answers, answers, read_table, rows, write_table

# What strangers to the installation may have, besides logging in.
PUBLIC = re.compile(
    r"api/v1/(auth/|config|webhooks/|tokens/refresh|deposits/return|offline/revocations)"
    r"|health/|metrics|api/(schema|docs)|admin/(login|jsi18n)|simulator/|dev/mail/|\.well-known/|$"
)
# The first letters of a name, for who is about to pay.
SHOWN_TO_PAYERS = {"api/v1/wallets/<str:number>/payee"}


@pytest.fixture(scope="module")
def table() -> Answers:
    return read_table()


@pytest.mark.django_db
def test_everybody_is_answered_as_the_table_says() -> None:
    found = answers()
    if os.environ.get("PURSER_WRITE_ACCESS"):
        write_table(found)
    said = read_table()

    wrong = [
        f"{method} {route} by {asker}: {told}, and the table says {said[method, route][asker]}"
        for (method, route), told_all in found.items()
        if (method, route) in said
        for asker, told in told_all.items()
        if told != said[method, route][asker]
    ]
    assert wrong == []


def test_every_route_has_its_row(table: Answers) -> None:
    assert set(rows()) - set(table) == set(), "routes without a row"
    assert set(table) - set(rows()) == set(), "rows without a route"


def test_nothing_breaks(table: Answers) -> None:
    broken = [(row, told) for row, told in table.items() if "500" in told.values()]

    assert broken == []


def test_strangers_to_the_installation_get_nothing(table: Answers) -> None:
    given = [
        row
        for row, told in table.items()
        if told["anonymous"].startswith("2") and not PUBLIC.match(row[1])
    ]

    assert given == []


def test_what_belongs_to_one_is_not_told_to_another(table: Answers) -> None:
    """A stranger of the same role never gets in where an address names something of a user's."""
    given = [
        row
        for row, told in table.items()
        if "<" in row[1]
        and row[1].startswith("api/")
        and row[1] not in SHOWN_TO_PAYERS
        and told["stranger"].startswith("2")
    ]

    assert given == []


def test_only_staff_see_the_back_office(table: Answers) -> None:
    inside = [
        (row, asker)
        for row, told in table.items()
        if row[1].startswith("admin/") and not PUBLIC.match(row[1])
        for asker in ("anonymous", "user", "stranger", *KEYS)
        if not told[asker].startswith(("3", "404"))
    ]

    assert inside == []


def test_keys_reach_neither_people_nor_credentials(table: Answers) -> None:
    kept = re.compile(r"api/v1/(users(?!/me$)|keys|role-proposals|documents|account/)")
    given = [
        (row, asker)
        for row, told in table.items()
        if kept.match(row[1])
        for asker in KEYS
        if told[asker].startswith("2")
    ]

    assert given == []


def test_everybody_is_in_the_table(table: Answers) -> None:
    assert {frozenset(told) for told in table.values()} == {frozenset(ASKERS)}
