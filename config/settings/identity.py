"""Who people are, how they come in, and how they are written to."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.embedded import state
from config.settings.environment import EMBEDDED, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

PASSWORD_HASHERS = [
    "config.passwords.LeanArgon2Hasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "config.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]

# Signs access and refresh tokens, and nothing else. Retired keys still verify what they signed.
JWT_SIGNING_KEY = env("JWT_SIGNING_KEY")
if len(JWT_SIGNING_KEY.encode()) < 32 or env("SECRET_KEY") == JWT_SIGNING_KEY:
    raise ImproperlyConfigured(
        "JWT_SIGNING_KEY wants 32 bytes or more, and not those of SECRET_KEY."
    )
JWT_RETIRED_SIGNING_KEYS = env.list("JWT_RETIRED_SIGNING_KEYS", default=[])
JWT_ISSUER = "purser"
JWT_AUDIENCE = "purser-api"

ACCOUNT_ADAPTER = "accounts.api.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.api.signup.ProfileForm"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Passwords and codes are counted by us, in the database (accounts/api/tries.py). These are
# allauth's own limits beside that: their counters live in the cache, which may be lost.
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    "confirm_email": "5/m/key",
    "login": None,
    "login_failed": "5/5m/key",
}
if EMBEDDED:
    # Everybody comes from 127.0.0.1 here, so limits by address would hit the innocent.
    ACCOUNT_RATE_LIMITS |= {
        "signup": None,
        "reset_password": "5/m/key",
        "reset_password_from_key": None,
    }

MFA_ADAPTER = "accounts.api.factors.FactorsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Purser"
# A clock may be half a minute wrong. Every code is good for one use all the same.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": None} if EMBEDDED else {}
# The domain that passkeys belong to: the host of PURSER_ORIGIN, or a domain above it. Browsers
# allow no address of numbers, so an embedded installation is visited as http://localhost:8000.
WEBAUTHN_RP_ID = env(
    "WEBAUTHN_RP_ID",
    default="localhost" if EMBEDDED else urlsplit(env("PURSER_ORIGIN")).hostname,
)

HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.api.strategy.FamilyTokenStrategy"  # noqa: S105 -- a name
# allauth wants to know them; the mails tell codes, not links.
HEADLESS_FRONTEND_URLS = {
    "account_signup": env("PURSER_ORIGIN"),
    "account_reset_password": env("PURSER_ORIGIN"),
    "socialaccount_login_error": env("PURSER_ORIGIN"),
}
SOCIALACCOUNT_ADAPTER = "accounts.api.adapters.SocialAdapter"
# Who comes from Google is known by Google's name for them. That an address is the same links
# nothing: whoever may call themselves so at a provider would own the account here.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False

# A client of the type "web application" at Google; without one nobody is sent there. Apps on
# phones have client ids of their own. The issuer says itself where its pages and keys are.
GOOGLE_CLIENT_ID = env("GOOGLE_CLIENT_ID", default="")
GOOGLE_CLIENT_SECRET = env("GOOGLE_CLIENT_SECRET", default="")
GOOGLE_NATIVE_CLIENT_IDS = env.list("GOOGLE_NATIVE_CLIENT_IDS", default=[])
GOOGLE_ISSUER = env("GOOGLE_ISSUER", default="https://accounts.google.com").rstrip("/")
# The prefix has browsers refuse the cookie from plain http.
GOOGLE_COOKIE_NAME = "google_login" if EMBEDDED else "__Secure-google_login"
SOCIALACCOUNT_PROVIDERS = {
    "google": {
        "APPS": [
            {"client_id": client_id, "secret": "", "settings": {"hidden": native}}
            for client_id, native in [
                (GOOGLE_CLIENT_ID, False),
                *((client_id, True) for client_id in GOOGLE_NATIVE_CLIENT_IDS),
            ]
            if client_id
        ]
    }
}
USERSESSIONS_ADAPTER = "accounts.api.adapters.SessionsAdapter"

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Purser <no-reply@localhost>")
EMAIL_TIMEOUT = 10
if EMBEDDED:
    EMAIL_BACKEND = "config.mail.backend.MessageFileBackend"
    EMAIL_FILE_PATH = state.VAR / "mail"
else:
    globals().update(env.email_url("EMAIL_URL"))
