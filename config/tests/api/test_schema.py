import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.django_db

METHODS = {"get", "post", "put", "patch", "delete"}
ALLAUTH = ("/api/v1/auth/", "/api/v1/account/", "/api/v1/config")


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(Client().get("/api/schema").content)


def ours(document: Any) -> list[tuple[str, str, Any]]:
    """The operations that answer in our own shapes: all but allauth's."""
    return [
        (path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and not path.startswith(ALLAUTH)
    ]


def test_is_valid_openapi(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_is_made_without_warnings() -> None:
    # One list for the whole process: it also holds what other tests' documents were warned of.
    GENERATOR_STATS.reset()

    call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null")


def test_errors_are_problems(document: Any) -> None:
    operations = ours(document)
    assert operations
    for path, method, operation in operations:
        problem = operation["responses"]["400"]["$ref"]
        assert problem == "#/components/responses/Problem", (path, method)
        assert {"$ref": "#/components/parameters/RequestId"} in operation["parameters"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    for reference in set(re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document))):
        found = document
        for part in reference.split("/"):
            found = found[part]


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.oai.openapi+json", "*/*"])
def test_kinds(client: Client, kind: str) -> None:
    assert client.get("/api/schema", headers={"Accept": kind}).status_code == 200


def test_documentation_comes_from_here_alone(client: Client) -> None:
    answer = client.get("/api/docs", headers={"Accept": "text/html"})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"(?:src|href)=.https?://", page)
    assert "<script>" not in page
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        part = client.get(address.replace("&amp;", "&"))
        assert part.status_code == 200, address
        part.close()


# Among others: any list that is no page fails above.
LISTS = {
    "/api/v1/deposits",
    "/api/v1/transfers",
    "/api/v1/users",
    "/api/v1/wallets",
    "/api/v1/wallets/{number}/transactions",
}

# As many as there are currencies: all of them are the one page.
WHOLE = {"/api/v1/fx/rates"}


def test_lists_are_pages(document: Any) -> None:
    paged = set()
    for path, method, operation in ours(document):
        answers = [answer for status, answer in operation["responses"].items() if status == "200"]
        for content in (answer.get("content", {}) for answer in answers):
            if "application/json" not in content:
                continue  # a file
            schema = content["application/json"]["schema"]
            assert schema.get("type") != "array", path
            shape = document["components"]["schemas"].get(schema.get("$ref", "").split("/")[-1], {})
            if set(shape.get("properties", {})) == {"results", "next", "previous"}:
                names = {parameter.get("name") for parameter in operation["parameters"]}
                assert path in WHOLE or {"cursor", "page_size"} <= names, (path, method)
                assert shape["properties"]["results"]["type"] == "array"
                assert set(shape["required"]) == {"results", "next", "previous"}
                paged.add(path)

    assert paged >= LISTS


@pytest.mark.parametrize(
    ("path", "method", "by_key", "pin"),
    [
        ("/api/v1/transfers", "get", True, False),
        ("/api/v1/transfers", "post", True, True),
        ("/api/v1/keys", "post", False, True),
        ("/api/v1/users", "get", False, False),
        ("/api/v1/users/me", "patch", False, False),
    ],
)
def test_who_may_call_is_told(
    document: Any, path: str, method: str, *, by_key: bool, pin: bool
) -> None:
    operation = document["paths"][path][method]

    assert ({"apiKey": []} in operation["security"]) == by_key
    asked = {"$ref": "#/components/parameters/TransactionPin"}
    assert (asked in operation["parameters"]) == pin
