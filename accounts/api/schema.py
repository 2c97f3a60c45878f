"""The OpenAPI of the paths that allauth answers: its own document, in ours."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import yaml
from allauth.headless import spec as allauth_spec
from allauth.headless.internal.restkit.views import RESTView
from allauth.headless.spec.internal import schema as allauth_schema
from django.urls import Resolver404, resolve

_SECTIONS = ("schemas", "parameters", "requestBodies", "responses", "examples")
_SESSION = {"$ref": "#/components/parameters/SessionToken"}
_DEVICE = {
    "name": "X-Device-Token",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "`meta.device_token` of an earlier login on this device.",
}
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def add_allauth(result: dict[str, Any], generator: object, **kwargs: object) -> dict[str, Any]:
    """Postprocessing hook: add allauth's paths that are mounted here, and what they refer to."""
    document = _renamed(_allauth_document())
    for path, item in document["paths"].items():
        result["paths"].setdefault(path, item)
    result["paths"] = dict(sorted(result["paths"].items()))
    components = result.setdefault("components", {})
    for section in _SECTIONS:
        found = document["components"].get(section)
        if found:
            components[section] = {**found, **components.get(section, {})}
    components.setdefault("securitySchemes", {})["sessionToken"] = {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
    }
    return result


def _allauth_document() -> dict[str, Any]:
    source = files(allauth_spec).joinpath("doc/openapi.yaml")
    document: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    allauth_schema.specify_user(document)
    allauth_schema.specify_signup_fields(document)
    allauth_schema.specify_custom_signup_form(document)
    # Only the `app` client is mounted; allauth drops the parameter that would choose.
    allauth_schema.pin_client(document)
    allauth_schema.drop_unused_client_parameter(document)
    paths = {
        path.replace("/_allauth/app/v1", "/api/v1"): item
        for path, item in document["paths"].items()
    }
    document["paths"] = {
        path: _operations(path, item) for path, item in paths.items() if _ours(path)
    }
    return document


def _ours(path: str) -> bool:
    """Whether a view of allauth's, or ours made of one, answers this path here.

    Where a view of another kind does, it describes itself.
    """
    try:
        view = getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return False
    return view is not None and issubclass(view, RESTView)


def _operations(path: str, item: dict[str, Any]) -> dict[str, Any]:
    name = path.removeprefix("/api/v1/")
    shared = item.pop("parameters", [])
    for method in _METHODS & item.keys():
        operation = item[method]
        operation["operationId"] = f"allauth_{re.sub('[^a-z0-9]+', '_', name)}_{method}"
        operation["tags"] = [name.partition("/")[0]]
        # Half a login is carried by the session token, a whole one by the access token.
        parameters = [p for p in shared + operation.pop("parameters", []) if p != _SESSION]
        if parameters:
            operation["parameters"] = parameters
        if name == "auth/login":
            operation.setdefault("parameters", []).append(_DEVICE)
        operation["security"] = [{"accessToken": []}, {"sessionToken": []}, {}]
    return item


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Prefix allauth's components, so that its `User` or `Login` never stands for one of ours."""
    document["components"] = {
        section: {f"Allauth{name}": value for name, value in entries.items()}
        for section, entries in document["components"].items()
    }
    renamed: dict[str, Any] = _walked(document)
    return renamed


def _walked(node: Any) -> Any:
    if isinstance(node, list):
        return [_walked(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    walked = {key: _walked(value) for key, value in node.items()}
    if isinstance(walked.get("$ref"), str):
        kind, _, name = walked["$ref"].rpartition("/")
        walked["$ref"] = f"{kind}/Allauth{name}"
    # OpenAPI 3.0 said it so; ours is 3.1.
    return {"anyOf": [walked, {"type": "null"}]} if walked.pop("nullable", False) else walked
