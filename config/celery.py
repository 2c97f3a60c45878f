"""Background work, which knows what caused it: the request's id travels with each message."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

from celery import Celery, Task
from celery.signals import (
    beat_init,
    before_task_publish,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
)
from django.core.exceptions import ImproperlyConfigured

from config.checks import refuse_unsafe_settings
from events import causes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("purser")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_HEADER = "purser_request_id"

# What each running task is to leave when it ends.
_running: dict[str, ExitStack] = {}


@before_task_publish.connect
def _name_cause(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (request_id := causes.current().request_id):
        headers[_HEADER] = request_id


@task_prerun.connect
def _take_cause(task_id: str, task: Task[Any, Any], **_: Any) -> None:
    """From here on, Celery's own line about how it went included; beat's are their own cause."""
    request_id = task.request.get(_HEADER) or task_id
    stack = ExitStack()
    stack.enter_context(causes.bind(causes.Cause(request_id=request_id)))
    _running[task_id] = stack


@task_postrun.connect
def _leave_cause(task_id: str, **_: Any) -> None:
    if stack := _running.pop(task_id, None):
        stack.close()


@setup_logging.connect
def _keep_django_logging(**_: Any) -> None:
    """Celery makes no handlers of its own while somebody listens here."""


@celeryd_init.connect
@beat_init.connect
def _refuse_unsafe_settings(**_: Any) -> None:
    """End a worker or scheduler that begins with what the web server would not start with."""
    try:
        refuse_unsafe_settings()
    except ImproperlyConfigured as faults:
        # Celery logs other exceptions of a signal's receivers and goes on.
        raise SystemExit(str(faults)) from None
