from typing import Any

import pytest
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    generated: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return generated


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return found.union(*map(references, node.values()))


def test_it_is_a_valid_document(document: dict[str, Any]) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "path",
    [
        "auth/signup",
        "auth/email/verify",
        "auth/login",
        "auth/2fa/authenticate",
        "auth/code/confirm",
        "auth/password/request",
        "auth/password/reset",
        "auth/provider/token",
        "auth/session",
        "auth/sessions",
        "account/password/change",
        "account/email",
        "account/authenticators",
        "tokens/refresh",
        "auth/logout-all",
        "users/me",
    ],
)
def test_the_promised_paths_are_in_it(document: dict[str, Any], path: str) -> None:
    assert f"/api/v1/{path}" in document["paths"]


def test_every_path_of_accounts_exists(document: dict[str, Any]) -> None:
    for path in document["paths"]:
        if path.startswith(("/api/v1/auth", "/api/v1/account", "/api/v1/tokens")):
            assert resolve(path)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_signing_up_names_the_fields_that_are_taken(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["AllauthBaseSignup"]

    assert set(schema["properties"]) == {"email", "name", "phone"}
    assert schema["required"] == ["email"]


def test_the_refresh_that_we_answer_is_ours(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/tokens/refresh"]["post"]

    assert operation["operationId"] == "tokens_refresh"


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    assert len(ids) == len(set(ids))
