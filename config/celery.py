"""Background work, which knows what caused it: the request's id travels with each message."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging

from events import causes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_HEADER = "purser_request_id"


class CausedTask(Task[Any, Any]):
    """Runs under the cause of whoever sent it; what beat sends is caused by its own id."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request_id = self.request.get(_HEADER) or self.request.id or ""
        with causes.bind(causes.Cause(request_id=request_id)):
            return super().__call__(*args, **kwargs)


app = Celery("purser", task_cls=CausedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def _name_cause(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (request_id := causes.current().request_id):
        headers[_HEADER] = request_id


@setup_logging.connect
def _keep_django_logging(**_: Any) -> None:
    """Celery makes no handlers of its own while somebody listens here."""
