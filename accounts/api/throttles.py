"""How many requests one caller may make, counted in this process and nowhere else.

A bucket for each caller, which fills again with time: a quiet one may send a whole period's
requests at once. Every web process keeps its own buckets, so with four of them somebody may get
through four times as often: this is against floods, not an exact quota, and costs no round trip.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.principal import Principal

if TYPE_CHECKING:
    # rest_framework.views loads this module by name while it is itself being loaded.
    from rest_framework.views import APIView

USUAL, SENSITIVE = "usual", "sensitive"

_MOST_CALLERS = 20_000


class Buckets:
    """One bucket for each caller: `requests` in it, all of them again after `seconds`."""

    def __init__(self, requests: int, seconds: float) -> None:
        self._interval = seconds / requests
        self._burst = seconds - self._interval
        # When each caller's bucket will be full again; the longest unheard of stands first.
        self._full_at: dict[object, float] = {}
        self._lock = Lock()

    def take(self, caller: object, *, now: float) -> float:
        """Let a request through and return 0, or return how many seconds it has to wait.

        `now` is in seconds of a clock that never goes back.
        """
        with self._lock:
            full_at = max(self._full_at.pop(caller, now), now)
            wait = full_at - now - self._burst
            self._full_at[caller] = full_at if wait > 0 else full_at + self._interval
            if len(self._full_at) > _MOST_CALLERS:
                del self._full_at[next(iter(self._full_at))]
        return max(wait, 0.0)


class CallerThrottle(BaseThrottle):
    """Counts by person, and by address where nobody is known.

    Writes of a view that is `sensitive`, or declares `few_writes = True`, are counted apart, at
    the lower rate; so is reading one that declares `few_reads = True`, since what it tells could
    be collected.
    """

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        careful = _is_careful(view, reads=request.method in SAFE_METHODS)
        kind = SENSITIVE if careful else USUAL
        rate: tuple[int, int] | None = settings.THROTTLE_RATES[kind]
        if rate is None:
            return True
        caller = _caller(request)
        if caller is not None:
            self._wait = _buckets(kind, *rate).take(caller, now=monotonic())
        return self._wait == 0

    def wait(self) -> float:
        return self._wait


@cache
def _buckets(_kind: str, requests: int, seconds: int) -> Buckets:
    return Buckets(requests, seconds)


def _is_careful(view: APIView, *, reads: bool) -> bool:
    if reads:
        return getattr(view, "few_reads", False)
    return getattr(view, "few_writes", False) or getattr(view, "sensitive", False)


def _caller(request: Request) -> object | None:
    principal: object = request.user
    if isinstance(principal, Principal):
        return principal.id
    # On a machine of one's own everybody has the same address.
    return None if settings.PURSER_EMBEDDED else get_adapter().get_client_ip(request)
