"""Operators find every variable that the settings read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

# For schema commands and for us; nobody sets them by hand.
OURS = {"PURSER_EMBEDDED", "PURSER_DATABASE_ROLE"}


def read_by_settings() -> set[str]:
    code = "".join(
        path.read_text() for path in (Path(settings.BASE_DIR) / "config" / "settings").glob("*.py")
    )
    names = re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', code)
    assert "SECRET_KEY" in names
    return {*names, "PROMETHEUS_MULTIPROC_DIR", "DATABASE_URL", "DATABASE_OWNER_URL"} - OURS


@pytest.mark.parametrize(
    ("document", "form"),
    [(".env.example", r"^#?([A-Z_]+)="), ("docs/operators/install.md", r"`([A-Z_]+)`")],
)
def test_every_variable_is_documented(document: str, form: str) -> None:
    text = (Path(settings.BASE_DIR) / document).read_text()

    assert read_by_settings() <= set(re.findall(form, text, re.MULTILINE))
