"""The balance over time on a wallet's page in the back office."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from accounts.tests.factories import person
from ledger.tests.protocol import round_trips
from wallets.histories import balance_course
from wallets.statements import balance_drawing
from wallets.tests.api.pasts import Past
from wallets.tests.factories import wallet_of
from wallets.tests.test_admin import browser_of


@pytest.mark.django_db
def test_course_goes_from_nothing_to_what_is_held_now() -> None:
    past = Past()

    course = balance_course(account_id=past.source.account_id, points=50)

    assert len(course) == 50
    assert [at for at, _ in course] == sorted(at for at, _ in course)
    assert (course[0][1], course[-1][1]) == (0, 8550)
    assert {balance for _, balance in course} <= {0, 10000, 9900, 9700, 9400, 9000, 8500, 8550}


@pytest.mark.django_db
def test_wallet_page_draws_it_without_scripts_or_styles() -> None:
    past = Past()

    page: Any = browser_of("staff").get(f"/admin/wallets/wallet/{past.source.pk}/change/")

    assert page.status_code == 200
    drawing = re.search(r"<svg [^>]*Balance of.*?</svg>", page.content.decode(), re.DOTALL)
    assert drawing
    assert ElementTree.fromstring(drawing[0]).tag.endswith("svg")  # noqa: S314 -- our own
    assert past.source.number in drawing[0]
    assert "100.00" in drawing[0]
    assert "style=" not in drawing[0]
    assert "script" not in drawing[0]


@pytest.mark.usefixtures("committed_db")
def test_drawing_takes_one_query_and_an_empty_wallet_has_one_too(tmp_path: Path) -> None:
    wallet = wallet_of(person())

    def draw() -> None:
        assert "<path" in balance_drawing(wallet)

    draw()  # a connection prepares each statement once
    assert round_trips(tmp_path / "log", draw) == 1
