"""Who people are and how they come in."""

from config.settings.environment import env

AUTH_USER_MODEL = "accounts.User"

# Signs access and refresh tokens, and nothing else. Retired keys still verify what they signed.
JWT_SIGNING_KEY = env("JWT_SIGNING_KEY")
JWT_RETIRED_SIGNING_KEYS = env.list("JWT_RETIRED_SIGNING_KEYS", default=[])
JWT_ISSUER = "purser"
JWT_AUDIENCE = "purser-api"
