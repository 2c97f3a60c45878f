"""People, what they may do, and the logins that are open.

`User` is somebody who logs in; `Role` says what they may do and whom they may act on.
`TokenFamily` is one completed login, `RefreshToken` one link of its chain.
`KeyedAnswer` is what a request with an Idempotency-Key was told.
"""

from accounts.models.keyed_answer import KeyedAnswer
from accounts.models.refresh_token import RefreshToken
from accounts.models.role import Role
from accounts.models.token_family import TokenFamily
from accounts.models.user import User

__all__ = ["KeyedAnswer", "RefreshToken", "Role", "TokenFamily", "User"]
