"""People and what they may do.

`KeyedAnswer` is what a request with an Idempotency-Key was told. `User` is somebody who logs in; `Role` says what they may do and whom they may act on.
"""

from accounts.models.keyed_answer import KeyedAnswer
from accounts.models.role import Role
from accounts.models.user import User

__all__ = ["KeyedAnswer", "Role", "User"]
