"""Every test runs as the application does: with the application's database role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,  # noqa: FBT001 -- fixtures are passed by name
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The owner makes the test database; then connections take the application's role.

    Made whatever was collected: pytest-django makes none when only `committed_db` asks for it,
    and such tests would write to the database that the settings name.
    """
    verbosity = request.config.get_verbosity()
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity, interactive=False, keepdb=django_db_keepdb, serialized_aliases=set()
        )
        connection = connections["default"]
        connection.close()
    options = connection.settings_dict["OPTIONS"]
    options["options"] = "-c role=purser_app"
    yield
    del options["options"]
    with django_db_blocker.unblock():
        connection.close()
        if not django_db_keepdb:
            teardown_databases(made, verbosity)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For races: what a test writes is committed and stays, since the journal only grows.

    Such a test makes people and wallets of its own and looks at nothing else.
    """
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
