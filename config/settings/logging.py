"""Where log lines go and which are kept: all to standard error, as JSON."""

from config.logs import configure_structlog
from config.settings.environment import env

__all__ = ["LOGGING"]

_LEVEL = env("LOG_LEVEL", default="INFO").upper()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.LineFormatter"},
        "access": {"()": "config.logs.AccessFormatter"},
    },
    "handlers": {
        "line": {"class": "logging.StreamHandler", "formatter": "line"},
        "access": {"class": "logging.StreamHandler", "formatter": "access"},
    },
    "root": {"handlers": ["line"], "level": _LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Refused requests are in the access log; here only those that broke.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "purser.access": {"handlers": ["access"], "level": _LEVEL, "propagate": False},
    },
}

configure_structlog()
