"""Who people are and how they come in."""

AUTH_USER_MODEL = "accounts.User"
