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
