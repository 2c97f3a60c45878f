"""Every test runs as the application does: with the application's database role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The owner makes the test database; then connections take the application's role."""
    connection = connections["default"]
    options = connection.settings_dict["OPTIONS"]
    with django_db_blocker.unblock():
        connection.close()
    options["options"] = "-c role=purser_app"
    yield
    del options["options"]
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For races: what a test writes is committed and stays, since the journal only grows.

    Such a test makes people and wallets of its own and looks at nothing else.
    """
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
