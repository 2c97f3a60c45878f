from importlib import import_module, util
from typing import Any

import pytest
from django.apps import apps
from django.test import Client, override_settings

from config.api.statuses import KEPT_REFUSALS, STATUSES

pytestmark = pytest.mark.urls("config.tests.api.urls")

OURS = ("accounts", "events", "ledger", "offline", "payments", "wallets")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def refusals() -> list[type[Exception]]:
    found: list[type[Exception]] = []
    for app in OURS:
        assert apps.is_installed(app)
        if util.find_spec(f"{app}.errors") is None:
            continue
        module = import_module(f"{app}.errors")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Exception)
            and value.__module__ == module.__name__
        ]
    return found


@pytest.mark.parametrize(
    "refusal", refusals(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}"
)
def test_every_refusal_has_a_status_and_a_code(refusal: type[Exception]) -> None:
    assert refusal in STATUSES
    assert STATUSES[refusal] in {400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503}
    assert getattr(refusal, "code", "").islower()


def test_kept_refusals_are_rules_and_states() -> None:
    assert {STATUSES[kind] for kind in KEPT_REFUSALS} == {409, 422}


@pytest.mark.parametrize(
    ("what", "status", "code", "reason"),
    [
        ("funds", 422, "insufficient_funds", None),
        ("reversed", 409, "state_conflict", "already_reversed"),
        ("entry", 404, "not_found", "unknown_entry"),
        ("amount", 400, "validation_error", "invalid_amount"),
        ("currency", 400, "validation_error", "unknown_currency"),
        ("ours", 500, "internal_error", None),
        ("throttled", 429, "throttled", None),
        ("missing", 404, "not_found", None),
        ("forbidden", 403, "permission_denied", None),
        ("suspicious", 400, "validation_error", None),
        ("large", 413, "request_too_large", None),
        ("away", 503, "service_unavailable", None),
        ("unexpected", 500, "internal_error", None),
    ],
)
def test_what_a_client_is_told(
    client: Client, what: str, status: int, code: str, reason: str | None
) -> None:
    answer = client.get(f"/api/v1/probe/{what}", headers={"X-Request-ID": "r-1"})

    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Request-ID"] == body["request_id"] == "r-1"
    assert body["code"] == code
    assert body["type"] == f"urn:purser:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body.get("reason") == reason
    assert b"secret" not in answer.content


def test_how_long_to_wait(client: Client) -> None:
    assert client.get("/api/v1/probe/throttled")["Retry-After"] == "7"
    assert client.get("/api/v1/probe/away")["Retry-After"] == "5"


def test_invalid_fields_are_named(client: Client) -> None:
    body = {"name": "too long", "items": [{"amount": "1.00"}, {"amount": "x", "tags": [1, "y"]}]}
    answer = client.post("/api/v1/probe", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("name", "max_length"),
        ("items.1.amount", "invalid"),
        ("items.1.tags.1", "invalid"),
    }


@pytest.mark.parametrize("body", ["{", "[]", '{"name": "a", "name": "b"}', '{"name": NaN}'])
def test_malformed_body(client: Client, body: str) -> None:
    answer = client.post("/api/v1/probe", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"


def test_valid_body(client: Client) -> None:
    body = {"name": "a", "items": [{"amount": 1.10}]}
    answer = client.post("/api/v1/probe", body, content_type="application/json")

    assert answer.status_code == 201
    assert answer.json()["items"] == [{"amount": "1.10"}]


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "@",
     "application/json; charset=utf-16"],
)  # fmt: skip
def test_other_content_types(client: Client, kind: str) -> None:
    answer = client.generic("POST", "/api/v1/probe", b'{"name": 1}', content_type=kind)

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


def test_body_that_is_too_large(client: Client) -> None:
    body = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    answer = client.generic("POST", "/api/v1/probe", body, content_type="application/json")

    assert answer.status_code == 413


@pytest.mark.parametrize("accept", ["text/csv", "application/xml;q=0.5", "nonsense", ";;;", ","])
def test_not_acceptable_is_told_in_json(client: Client, accept: str) -> None:
    answer = client.get("/api/v1/probe", headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, */*;q=0.1", ""])
def test_acceptable(client: Client, accept: str) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = client.get("/api/v1/probe", headers=headers)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"


def test_method_not_allowed(client: Client) -> None:
    answer = client.delete("/api/v1/probe")

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer["Allow"]


def test_not_authenticated(client: Client) -> None:
    answer = client.get("/api/v1/private")

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_bad_token(client: Client) -> None:
    answer = client.get("/api/v1/private", headers={"Authorization": "Bearer x.y.z"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "token_not_valid"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/nothing", 404),
        ("/api/v1/%FF", 404),
        ("/api/v1/probe/%00", 400),
        ("/api/v1/probe?q=%00", 400),
        ("/page?q=%00", 400),
        ("/api/v1/probe?q=%FF%ED%A0%80", 200),
    ],
)
def test_odd_addresses(client: Client, address: str, status: int) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"


@override_settings(ALLOWED_HOSTS=["purser.example"])
def test_other_host(client: Client) -> None:
    answer = client.get("/api/v1/probe")

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"


def test_a_lost_database_outside_our_views(client: Client) -> None:
    answer = client.get("/api/v1/auth/away")

    assert answer.status_code == 503
    assert answer.json()["code"] == "service_unavailable"
    assert answer["Retry-After"] == "5"
    assert b"secret" not in answer.content


def test_pages_are_answered_as_pages(client: Client) -> None:
    assert client.get("/nothing")["Content-Type"].startswith("text/html")


def test_unexpected_errors_are_logged(client: Client, caplog: Any) -> None:
    client.get("/api/v1/probe/unexpected")

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.exc_info[0] is RuntimeError
