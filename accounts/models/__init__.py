"""People and what they may do.

`User` is somebody who logs in; `Role` says what they may do and whom they may act on.
"""

from accounts.models.role import Role
from accounts.models.user import User

__all__ = ["Role", "User"]
