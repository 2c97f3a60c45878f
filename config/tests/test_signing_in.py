"""The page about signing in works as written: its blocks run in order, on a real socket."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.embedded import state

PAGE = state.ROOT / "docs" / "integrators" / "signing-in.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.usefixtures("committed_db")


def test_the_page_works_as_written(served: str, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "config.mail.backend.MessageFileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    blocks = "\n".join(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))

    ran = subprocess.run(
        ["bash", "-euo", "pipefail"],  # noqa: S607 -- the reader's own
        input=blocks,
        cwd=tmp_path,
        env=os.environ | {"ORIGIN": served},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert [line for line in lines if "dora-" not in line and not line.startswith("ey")] == [
        "unknown_devices",
        "True",
        "totp",
        "True",
        "200",
        "False",
        "False",
        "True",
    ]
    assert lines[-2].startswith("new-dora-")
