"""Every refusal of this app."""


class AccountRefusal(Exception):
    """What was asked of an account is refused, and nothing was changed."""

    code = "account_refusal"
    message = "This is refused."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class TokenNotValid(AccountRefusal):
    """A token is forged, expired, ended, or of the wrong kind; which one is nobody's business."""

    code = "token_not_valid"
    message = "The token is not valid or has expired."


class CallerChanged(AccountRefusal):
    """Who asks is not, or may not do, what was known of them: they are to be looked up anew."""

    code = "token_not_valid"
    message = "The access token was ended, or what its holder may do has changed."


class RefreshTokenReused(TokenNotValid):
    """A spent refresh token came back: somebody has a copy, so the whole family was ended."""


class PersonNotFound(AccountRefusal):
    """No such person, or none whom the asker may see."""

    code = "not_found"
    message = "There is no such person."


class EmailTaken(AccountRefusal):
    """The e-mail address belongs to somebody already."""

    code = "email_taken"
    message = "A person with this e-mail address exists already."


class TooManyTries(AccountRefusal):
    """Something secret was tried in vain too often; it may be again in `retry_after` seconds."""

    code = "throttled"
    message = "Too many failed attempts. Try again later."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class LoginCodeWrong(AccountRefusal):
    """Not the code that was mailed. The try is counted."""

    code = "incorrect_code"
    message = "Incorrect code."


class LoginCodeSpent(AccountRefusal):
    """No code is open for this login: used, too old, tried or mailed too often. Log in again."""

    code = "login_code_spent"
    message = "This code is no longer good."


class SealBroken(AccountRefusal):
    """A sealed value does not open: it was changed, moved, or its key is gone.

    Nothing of it is given. `place` is where it stands, and never what it says.
    """

    code = "seal_broken"
    message = "What is kept here cannot be opened."

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}.")
        self.place = place
        self.reason = reason


class DataErased(AccountRefusal):
    """The person's data was erased: the key to it is gone for good."""

    code = "data_erased"
    message = "This was erased."


class ReauthenticationRequired(AccountRefusal):
    """This wants a more recent proof of who is asking; `max_age` is how old, in seconds."""

    code = "reauthentication_required"
    message = "Confirm that it is you: log in again, or use `auth/reauthenticate`."

    def __init__(self, message: str | None = None, *, max_age: int) -> None:
        super().__init__(message)
        self.challenge = (
            'Bearer realm="api", error="insufficient_user_authentication", '
            f'error_description="{self}", max_age={max_age}'
        )


class PinRefusal(AccountRefusal):
    """The transaction PIN stands in the way."""

    code = "pin_refusal"


class PinRequired(PinRefusal):
    """The person has set a PIN, and the request does not bring it."""

    code = "pin_required"
    message = "This needs your transaction PIN, in the header X-Transaction-PIN."


class PinNotValid(PinRefusal):
    """Not the PIN. The try is counted."""

    code = "pin_not_valid"
    message = "The transaction PIN is wrong."


class PinLocked(PinRefusal):
    """Wrong too often: no PIN helps now, the right one neither."""

    code = "pin_locked"
    message = "The transaction PIN is locked. Confirm that it is you and set another."


class NoPin(PinRefusal):
    """There is no PIN to remove."""

    code = "no_pin"
    message = "No transaction PIN is set."


class KeyNotFound(AccountRefusal):
    """No such API key, or none of the asker's."""

    code = "not_found"
    message = "There is no such key."


class TooManyKeys(AccountRefusal):
    """All places for working keys are taken."""

    code = "limit_exceeded"
    message = "There are 5 active keys. Revoke one first."


class KeyRevoked(AccountRefusal):
    """The key was revoked, for good."""

    code = "key_revoked"
    message = "The key was revoked."


class KeyNotExpired(AccountRefusal):
    """Only an expired key is renewed; this one still works."""

    code = "key_not_expired"
    message = "The key has not expired yet."


class KeyRenewed(AccountRefusal):
    """A key is renewed once."""

    code = "key_renewed"
    message = "The key was renewed already."


class UnknownRole(AccountRefusal):
    """There is no role by this name."""

    code = "unknown_role"
    message = "There is no such role."
    field = "role"


class UnknownPermission(AccountRefusal):
    """There is no permission by this name."""

    code = "unknown_permission"
    message = "There is no such permission."


class RoleUnchanged(AccountRefusal):
    """The person has this role already."""

    code = "role_unchanged"
    message = "This is their role already."


class RoleTooHeavy(AccountRefusal):
    """The role weighs more than the proposer's, or as much as the approver's."""

    code = "role_too_heavy"
    message = "This role is not yours to give."


class ProposalOpen(AccountRefusal):
    """Somebody proposed a role for this person, and nobody has decided yet."""

    code = "proposal_open"
    message = "A proposal for this person is waiting for a decision."


class ProposalNotFound(AccountRefusal):
    """No such proposal, or none that the asker may see."""

    code = "not_found"
    message = "There is no such proposal."


class ProposalClosed(AccountRefusal):
    """The proposal was decided, or nobody decided it in time."""

    code = "proposal_closed"
    message = "This proposal was decided, or is over."


class SecondPersonNeeded(AccountRefusal):
    """Whoever proposed something does not decide it, superusers neither."""

    code = "second_person_needed"
    message = "Another person must decide this."


class DocumentNotFound(AccountRefusal):
    """No such document, or none that the asker may see."""

    code = "not_found"
    message = "There is no such document."


class DocumentDecided(AccountRefusal):
    """The document was accepted or rejected before."""

    code = "document_decided"
    message = "This document was decided already."


class TooManyDocuments(AccountRefusal):
    """Enough of the person's documents wait for a decision."""

    code = "limit_exceeded"
    message = "Five documents are waiting for a decision. Wait for it first."


class NotADocument(AccountRefusal):
    """The file is no PDF, JPEG or PNG, whatever its name says; or it is empty or too large."""

    code = "not_a_document"
    message = "Send a PDF, JPEG or PNG file of at most 5 MiB."
    field = "file"


class ErasureRefused(AccountRefusal):
    """Something that is still open needs to know whose it is; `open_items` says what."""

    code = "erasure_refused"

    def __init__(self, *, open_items: list[str]) -> None:
        super().__init__(f"Not while there is: {', '.join(open_items)}.")
        self.open_items = open_items


class IdentityRefused(AccountRefusal):
    """The provider did not say who this is, or said it to somebody else, or at another time."""

    code = "login_refused"
    message = "The login was not completed. Start again."


class IdentityUnavailable(AccountRefusal):
    """The provider of identities does not answer, or makes no sense."""

    code = "provider_unavailable"
    message = "The provider does not answer. Please try again in a moment."
