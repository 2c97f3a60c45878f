from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from config.checks import refuse_unsafe_settings, unsafe_settings

SAFE: dict[str, Any] = {
    "PURSER_EMBEDDED": False,
    "DEBUG": False,
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST",
    "JWT_SIGNING_KEY": "TSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210",
    "API_KEY_PEPPER": "pepper-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghijkl",
    "PAYSTACK_SECRET_KEY": "sk_live_0123456789abcdef",
    "PAYSTACK_BASE_URL": "https://api.paystack.co",
    "PURSER_ORIGIN": "https://purser.example",
    "GOOGLE_ISSUER": "https://accounts.google.com",
    "ALLOWED_HOSTS": ["purser.example"],
}

UNSAFE: list[tuple[dict[str, Any], str]] = [
    ({"DEBUG": True}, "purser.E001"),
    ({"SECRET_KEY": "short"}, "purser.E002"),
    ({"SECRET_KEY": "ab" * 40}, "purser.E002"),
    ({"SECRET_KEY": "django-insecure-" + SAFE["SECRET_KEY"]}, "purser.E002"),
    ({"JWT_SIGNING_KEY": "x" * 80}, "purser.E003"),
    ({"JWT_SIGNING_KEY": SAFE["SECRET_KEY"]}, "purser.E004"),
    ({"ALLOWED_HOSTS": ["*"]}, "purser.E005"),
    ({"ALLOWED_HOSTS": []}, "purser.E005"),
    ({"PAYSTACK_SECRET_KEY": ""}, "purser.E006"),
    ({"PAYSTACK_BASE_URL": "http://api.paystack.co"}, "purser.E007"),
    ({"PURSER_ORIGIN": "http://purser.example"}, "purser.E008"),
    ({"API_KEY_PEPPER": ""}, "purser.E009"),
    ({"GOOGLE_ISSUER": "http://accounts.google.com"}, "purser.E010"),
]


def test_safe_settings_start() -> None:
    with override_settings(**SAFE):
        assert unsafe_settings() == []
        refuse_unsafe_settings()


@pytest.mark.parametrize(("change", "fault"), UNSAFE)
def test_each_fault_is_told_and_refused(change: dict[str, Any], fault: str) -> None:
    with override_settings(**{**SAFE, **change}):
        assert [message.id for message in unsafe_settings()] == [fault]
        with pytest.raises(ImproperlyConfigured, match=fault):
            refuse_unsafe_settings()


@pytest.mark.parametrize(("change", "fault"), UNSAFE)
def test_embedded_mode_is_let_off(change: dict[str, Any], fault: str) -> None:
    with override_settings(**{**SAFE, **change, "PURSER_EMBEDDED": True}):
        assert unsafe_settings() == []
