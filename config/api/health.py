"""What machines ask an installation: whether it lives, can work, and how much it did."""

from __future__ import annotations

import redis
from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from config import metrics
from config.api.renderers import write

_PATIENCE_SECONDS = 1.0


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Restart it when it does not."""
    return _answer({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database and the broker can be reached: 200, or else 503. Send no requests then."""
    database = _database_answers()
    checks = {"database": database, "broker": database and _broker_answers()}
    healthy = all(checks.values())
    spelled = {name: "ok" if good else "unreachable" for name, good in checks.items()}
    return _answer(
        {"status": "ok" if healthy else "unavailable", "checks": spelled},
        status=200 if healthy else 503,
    )


@require_safe
def measurements(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    measured = metrics.exposition() + metrics.looked_up()
    return HttpResponse(measured, content_type=metrics.CONTENT_TYPE)


def _answer(body: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = HttpResponse(write(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    if settings.REDIS_URL:
        return _redis_answers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        found: bool = cursor.fetchone()[0]
    return found


def _redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_PATIENCE_SECONDS,
        socket_timeout=_PATIENCE_SECONDS,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
