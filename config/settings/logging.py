"""Where log lines go and which are kept: all to standard error, as JSON."""

from config.logs import configure_structlog
from config.settings.environment import env
from config.settings.work import CELERY_BEAT_SCHEDULE

__all__ = ["ACCESS_LOG", "LOGGING"]

_LEVEL = env("LOG_LEVEL", default="INFO").upper()

# One line for each request; a proxy in front may write its own.
ACCESS_LOG = env.bool("ACCESS_LOG", default=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.LineFormatter"},
    },
    "filters": {
        "routine": {
            "()": "config.logs.RoutineFilter",
            "tasks": [entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()],
        },
    },
    "handlers": {
        "line": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            # A sweep every few seconds would hide the rest.
            "filters": [] if _LEVEL == "DEBUG" else ["routine"],
        },
    },
    "root": {"handlers": ["line"], "level": _LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Refused requests are in the access log; here only those that broke.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Whoever scans the internet writes here; each is one line of the access log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

configure_structlog()
