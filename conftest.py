"""Every test runs as the application does: with the application's database role."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
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


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Serve this installation on a real socket.

    Not pytest-django's `live_server`: that one empties all tables, and the journal only grows.
    """
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Drive the machine's own Chromium; nothing is downloaded, and nothing but us is called."""
    # Playwright keeps an event loop on this thread, though nothing here is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has used before."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
