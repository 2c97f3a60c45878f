"""Parts of the OpenAPI document that every operation refers to. Pure: settings read it."""

from __future__ import annotations

from typing import Any

_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "The same key with the same request gets the first answer again, byte for byte, and "
        "has one effect. Only requests that carry one are safe to repeat."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

COMPONENTS: dict[str, dict[str, Any]] = {
    "schemas": {
        "Problem": {
            "type": "object",
            "description": "RFC 9457. Programs read `code`; people read `detail`.",
            "required": ["type", "title", "status", "detail", "code", "request_id"],
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "code": {"type": "string", "examples": ["insufficient_funds"]},
                "reason": {
                    "type": "string",
                    "description": "A closer code under a general one.",
                },
                "request_id": {"type": "string"},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["field", "code", "detail"],
                        "properties": {
                            "field": {
                                "type": "string",
                                "description": "Dotted path; empty for the whole body.",
                            },
                            "code": {"type": "string"},
                            "detail": {"type": "string"},
                        },
                    },
                },
            },
        }
    },
    "responses": {
        "Problem": {
            "description": "The request did not succeed, and changed nothing.",
            "headers": {
                "X-Request-ID": {"schema": {"type": "string"}},
                "Retry-After": {
                    "description": "Seconds; with 429, 503 and `idempotency_in_progress`.",
                    "schema": {"type": "integer"},
                },
            },
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    },
    "parameters": {
        "RequestId": {
            "name": "X-Request-ID",
            "in": "header",
            "description": "Made when absent; returned, and named by all that the request causes.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        },
        "TransactionPin": {
            "name": "X-Transaction-PIN",
            "in": "header",
            "description": (
                "The transaction PIN of who has set one; five wrong ones in a row lock it. "
                "Not asked of API keys."
            ),
            "schema": {"type": "string", "pattern": "^[0-9]{4,8}$"},
        },
        "IdempotencyKey": _KEY_PARAMETER,
        "RequiredIdempotencyKey": {**_KEY_PARAMETER, "required": True},
    },
}
