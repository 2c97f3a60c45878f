"""Counting tries at passwords and codes, and saying no in allauth's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.api import headless
from accounts.api.devices import device_of
from accounts.errors import TooManyTries
from accounts.operations import forgive_tries, give_back_try, take_try
from accounts.patience import ADDRESS, PASSWORD, SESSION_CODE, Patience


def too_many_tries(request: HttpRequest, refusal: TooManyTries) -> HttpResponse:
    """Answer 429 in the shape of allauth, and say when to come again."""
    return headless.too_many(request, retry_after=refusal.retry_after)


class PasswordTry:
    """One try at the password of an account, from an address and perhaps a device it knows.

    A known device is counted by itself: strangers who guess keep others out, not the owner.
    """

    def __init__(self, request: HttpRequest, *, email: str) -> None:
        self._now = timezone.now()
        email = email.strip().lower()
        device = device_of(request, at=self._now)
        known = device is not None and device.user.email == email
        self._account = f"password:{email}:{device.id if device and known else ''}"
        # In an embedded installation everybody comes from one address.
        exempt = known or settings.PURSER_EMBEDDED
        self._address = None if exempt else f"address:{get_ip(request)}"

    def take(self) -> None:
        """Count it. Raises `TooManyTries`."""
        if self._address:
            take_try(what=self._address, patience=ADDRESS, at=self._now)
        take_try(what=self._account, patience=PASSWORD, at=self._now)

    def was_right(self) -> None:
        forgive_tries(what=self._account, at=self._now)
        if self._address:
            give_back_try(what=self._address, at=self._now)


class CountedInput:
    """For views of allauth that take a code: the try is counted in the database before it is read.

    allauth counts in the session, where tries at the same instant do not see each other.
    """

    patience: Patience = SESSION_CODE
    request: HttpRequest

    def tried(self) -> str:
        """Name the secret that is tried."""
        return f"session:{type(self).__name__}:{self.request.session.session_key}"

    def handle_input(self, data: dict[str, Any] | None) -> HttpResponse | None:
        return self._counted(lambda: super(CountedInput, self).handle_input(data))  # type: ignore[misc]

    def _counted(self, answer: Callable[[], HttpResponse | None]) -> HttpResponse | None:
        """Return `answer()`, or 429. It was wrong if it is a response that is no success."""
        what, now = self.tried(), timezone.now()
        try:
            take_try(what=what, patience=self.patience, at=now)
        except TooManyTries as refusal:
            return too_many_tries(self.request, refusal)
        answered = answer()
        if answered is None or answered.status_code < 400:
            forgive_tries(what=what, at=now)
        return answered


class CountedPassword(CountedInput):
    """For who is logged in and must know the password: whoever took their token may be guessing."""

    patience = PASSWORD

    def tried(self) -> str:
        return f"own-password:{self.request.user.pk}"

    def handle_input(self, data: dict[str, Any] | None) -> HttpResponse | None:
        refused = super().handle_input(data)
        # Absent where the try itself was too early.
        form: Any = getattr(self, "input", None)
        if form is not None and "current_password" not in form.errors:
            # A new password that is too weak is no guess at the old one.
            forgive_tries(what=self.tried(), at=timezone.now())
        return refused


class CountedKey(CountedInput):
    """The same for the two views that also look at a code when asked by GET."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        return self._counted(lambda: super(CountedKey, self).get(request, *args, **kwargs))  # type: ignore[misc]
