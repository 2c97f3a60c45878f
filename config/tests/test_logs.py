import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from django.test import Client

from accounts.tests.factories import client_of, person
from accounts.tests.keys import key_of, program
from config.logs import HIDDEN, LineFormatter, hide
from events import causes

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Call to read what was logged so far, parsed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.urls("config.tests.api.urls")
def test_access_line(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    client.get("/api/v1/probe/hidden-in-the-address", headers={"X-Request-ID": "r-1"})

    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert line["event"] == "request"
    assert line["method"] == "GET"
    assert line["route"] == "api/v1/probe/<str:what>"
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert line["request_id"] == "r-1"
    assert line["user_id"] is None
    assert line["at"].endswith("Z")


@pytest.mark.urls("config.tests.api.urls")
@pytest.mark.django_db
def test_access_line_names_the_person(capfd: pytest.CaptureFixture[str]) -> None:
    alice = person()
    assert client_of(alice).get("/api/v1/private").status_code == 200

    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert line["user_id"] == str(alice.id)
    assert alice.email not in json.dumps(line)


@pytest.mark.django_db
def test_access_line_names_the_key(capfd: pytest.CaptureFixture[str]) -> None:
    key, text = key_of(person())
    assert program(text).get("/api/v1/users/me").status_code == 200

    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert (line["user_id"], line["key_id"]) == (str(key.owner_id), str(key.id))
    assert text not in json.dumps(line)


@pytest.mark.urls("config.tests.api.urls")
def test_probes_are_not_told(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    client.get("/health/live")

    assert capfd.readouterr().err == ""


def test_lines_name_their_cause(lines: Lines) -> None:
    actor = UUID(int=7)
    with causes.bind(causes.Cause(request_id="r-2", actor_id=actor)):
        structlog.get_logger("test").warning("seen", amount="5.00")
        logging.getLogger("test").warning("also %s", "seen")

    first, second = lines()
    assert first["event"] == "seen"
    assert first["amount"] == "5.00"
    assert second["event"] == "also seen"
    for line in (first, second):
        assert line["request_id"] == "r-2"
        assert line["actor_id"] == str(actor)
        assert line["level"] == "warning"


def test_exceptions_are_one_line_without_secrets(lines: Lines) -> None:
    try:
        int("sk_live_abcdef123456")
    except ValueError:
        logging.getLogger("test").exception("broke")

    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "abcdef" not in line["exception"]


SECRETS = [
    "Authorization: Bearer abc.def",
    "sk_live_0123456789",
    "sk_test_devdevdev",
    "whsec_0123456789",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "postgres://purser:hunter2@127.0.0.1/purser",
    "Idempotency-Key: 0123",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secret_values_are_hidden(text: str) -> None:
    for part in ("abc.def", "0123", "devdevdev", "eyJ", "hunter2"):
        assert part not in hide(text)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization", "HTTP_AUTHORIZATION", "Cookie", "Set-Cookie", "X-API-Key", "api_key",
        "Idempotency-Key", "idempotency_key", "password", "PAYSTACK_SECRET_KEY", "access_token",
        "refresh_token", "otp", "code", "x-paystack-signature", "account_number",
        "pin", "X-Transaction-PIN", "X-CSRF-Token",
    ],
)  # fmt: skip
def test_secret_names_are_hidden(name: str) -> None:
    assert hide({"headers": [{name: "visible"}]}) == {"headers": [{name: HIDDEN}]}


def test_the_rest_stays() -> None:
    event = {"route": "api/v1/transfers", "status": 201, "reference": "TRF_1", "currency": "NGN"}

    assert hide(event) == event
