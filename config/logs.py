"""Log lines: one JSON object each, with the request's id, without secrets."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from events import causes

HIDDEN = "[hidden]"

_STANDARD_ERROR = 2

# Names, however they are spelled, whose values nobody should read in a log.
_SECRET_NAMES = re.compile(
    r"(?i)authori[sz]ation|cookie|api.?key|idempotency.?key|password|passphrase|secret|token"
    r"|otp|^code$|^pin$|transaction.?pin|signature|account.?number|card|private.?key|dsn|broker.?url"
)
# Values that give themselves away wherever they stand.
_SECRET_VALUES = re.compile(
    r"(?i)bearer\s+[^\s\"',]+"
    r"|(?:sk|pk|rk|whsec)_[a-z0-9_]{6,}"
    r"|eyJ[a-z0-9_-]{6,}(?:\.[a-z0-9_-]*){0,4}"
    r"|(?<=://)[^/\s:@]+:[^@\s/]+(?=@)"
    r"|(?<=idempotency-key: )\S+"
)


def hide(value: Any) -> Any:
    """Replace secrets in text, and in what lists and dicts hold."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {
            name: HIDDEN if isinstance(name, str) and _SECRET_NAMES.search(name) else hide(below)
            for name, below in value.items()
        }
    if isinstance(value, list | tuple):
        return [hide(below) for below in value]
    return value


def _add_cause(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    cause = causes.current()
    if cause.request_id:
        event.setdefault("request_id", cause.request_id)
    if cause.actor_id:
        event.setdefault("actor_id", str(cause.actor_id))
    return event


def _hide_secrets(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    hidden: MutableMapping[str, Any] = hide(dict(event))
    return hidden


def _write(event: MutableMapping[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


_ADDITIONS: list[structlog.types.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _add_cause,
]


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes what anybody logs, through structlog or not, as one line."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_ADDITIONS],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _hide_secrets,
                structlog.processors.JSONRenderer(serializer=_write),
            ],
        )


class RoutineFilter(logging.Filter):
    """Drops Celery's lines about `tasks`, those that beat sends all the time, while they go well.

    What fails or is tried again is told, and so is every task that something else asked for.
    """

    def __init__(self, tasks: Iterable[str]) -> None:
        super().__init__()
        self._tasks = frozenset(tasks)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.INFO or not record.name.startswith("celery."):
            return True
        told = record.args
        if isinstance(told, Mapping):
            return told.get("name") not in self._tasks or "exc" in told
        # The scheduler's own line ends with the task that it sends.
        return not told or told[-1] not in self._tasks


def write_line(line: dict[str, Any]) -> None:
    """Write one line of known members that hold no secret, past all that logging does.

    For what is written once per request, where `logging` would cost six times as much.
    """
    text = orjson.dumps(
        {"at": datetime.now(UTC), "level": "info", **line},
        option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE,
    )
    # A short write to standard error is whole, whatever other threads and processes write.
    with suppress(OSError):
        os.write(_STANDARD_ERROR, text)


def configure_structlog() -> None:
    """Send what structlog's loggers are told through the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_ADDITIONS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
