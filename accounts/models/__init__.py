"""People, what they may do, and the logins that are open.

`User` is somebody who logs in; `Role` says what they may do and whom they may act on.
`TokenFamily` is one completed login, `RefreshToken` one link of its chain.
`KnownDevice` is where somebody has logged in before; `LoginCode` is mailed where they have not.
`FailedTries` counts wrong passwords and codes. `FactorSecret` is what second factors are made of.
`RoleProposal` is how a role changes: one person proposes, another approves.
`DataKey` seals what is kept of a person; `Document` is evidence of who they are.
`ApiKey` is a program's credential, `TransactionPin` what a person is asked for besides.
`KeyedAnswer` is what a request with an Idempotency-Key was told.
"""

from accounts.models.api_key import ApiKey
from accounts.models.data_key import DataKey, Purpose
from accounts.models.document import Document, DocumentKind, DocumentStatus
from accounts.models.factor_secret import FactorSecret
from accounts.models.failed_tries import FailedTries
from accounts.models.keyed_answer import KeyedAnswer
from accounts.models.known_device import KnownDevice
from accounts.models.login_code import LoginCode
from accounts.models.refresh_token import RefreshToken
from accounts.models.role import Role
from accounts.models.role_proposal import ProposalStatus, RoleProposal
from accounts.models.token_family import TokenFamily
from accounts.models.transaction_pin import TransactionPin
from accounts.models.user import EmailCode, User

__all__ = [
    "ApiKey",
    "DataKey",
    "Document",
    "DocumentKind",
    "DocumentStatus",
    "EmailCode",
    "FactorSecret",
    "FailedTries",
    "KeyedAnswer",
    "KnownDevice",
    "LoginCode",
    "ProposalStatus",
    "Purpose",
    "RefreshToken",
    "Role",
    "RoleProposal",
    "TokenFamily",
    "TransactionPin",
    "User",
]
