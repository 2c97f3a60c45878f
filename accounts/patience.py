"""How often somebody may be wrong, and how long they wait when they were too often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """After `free` failures in a row each further one costs a wait, twice the last one's.

    It starts with `first` and never grows beyond `longest`: nobody is locked out for good, and
    nobody can lock somebody else out for good. After `forget` without a failure all is forgotten.
    """

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta

    def wait(self, failures: int) -> timedelta:
        """Return how long nothing is taken after the `failures`th failure in a row."""
        if failures < self.free:
            return timedelta(0)
        # Beyond a few doublings the longest wait is reached; the power must not overflow.
        doublings = min(failures - self.free, 24)
        return min(self.first * (1 << doublings), self.longest)


_HALF_MINUTE, _QUARTER, _DAY = timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1)

# Passwords tried for one account, by strangers or by one device that it knows.
PASSWORD = Patience(free=5, first=_HALF_MINUTE, longest=_QUARTER, forget=_DAY)
# Passwords tried from one address, for whatever account: many people may share an address.
ADDRESS = Patience(free=50, first=_HALF_MINUTE, longest=_QUARTER, forget=timedelta(hours=1))
# Codes tried as somebody's second step, over all their logins. Whoever tries has the password.
SECOND_STEP = Patience(free=10, first=_HALF_MINUTE, longest=timedelta(hours=1), forget=_DAY)
# Codes tried in one session for an address or a reset; allauth ends the session's code after five.
SESSION_CODE = Patience(free=6, first=_QUARTER, longest=_QUARTER, forget=_DAY)
# Codes mailed to somebody at login until one was typed.
CODE_MAILS = Patience(
    free=6, first=timedelta(minutes=1), longest=timedelta(hours=1), forget=timedelta(hours=1)
)
# One use: a code from an authenticator is good for three steps of 30 seconds at most.
ONE_TIME_CODE = Patience(
    free=1, first=timedelta(seconds=90), longest=timedelta(seconds=90), forget=_DAY
)
# One use: a login at a provider of identities, which has ten minutes.
ONE_LOGIN = Patience(
    free=1, first=timedelta(minutes=15), longest=timedelta(minutes=15), forget=_DAY
)
