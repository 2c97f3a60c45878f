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
