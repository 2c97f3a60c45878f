import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from accounts.tests.factories import PASSWORD, person
from events.models import Event

pytestmark = pytest.mark.django_db


def add(monkeypatch: pytest.MonkeyPatch, *, typed: str = PASSWORD + "\n", **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = io.StringIO()
    asked = {"email": "Ruth@Example.com", "role": "superuser", "password_stdin": True} | options
    call_command("add_person", stdout=said, **asked)
    return said.getvalue()


def nothing_happened() -> bool:
    added = Event.objects.filter(type="user.added", data__email__icontains="ruth")
    return not User.objects.filter(email__icontains="ruth").exists() and not added.exists()


def test_somebody_who_can_log_in_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = add(monkeypatch, name="Ruth")

    assert said == "Added ruth@example.com as superuser.\n"
    ruth = User.objects.get(email="ruth@example.com")
    assert (ruth.name, ruth.role.name, ruth.kyc_tier) == ("Ruth", "superuser", 0)
    assert ruth.check_password(PASSWORD)
    assert Event.objects.get(owner_id=ruth.id).type == "user.added"


def test_a_line_that_ends_as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, typed=PASSWORD + "\r\n")

    assert User.objects.get(email="ruth@example.com").check_password(PASSWORD)


def test_twice_is_refused_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ruth = person("ruth@example.com")

    with pytest.raises(CommandError, match="exists already"):
        add(monkeypatch)

    ruth.refresh_from_db()
    assert ruth.role.name == "user"
    assert not ruth.has_usable_password()


def test_an_unknown_role_is_told_the_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="superuser, admin, staff, user"):
        add(monkeypatch, role="boss")

    assert nothing_happened()


@pytest.mark.parametrize("email", ["", "ruth", "ruth@", "a b@example.com"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        add(monkeypatch, email=email)

    assert nothing_happened()


@pytest.mark.parametrize("password", ["", "short", "password1234", "ruth@example.com"])
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    with pytest.raises(CommandError, match="password"):
        add(monkeypatch, typed=password)

    assert nothing_happened()


def test_without_a_terminal_it_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="--password-stdin"):
        add(monkeypatch, password_stdin=False)

    assert nothing_happened()
