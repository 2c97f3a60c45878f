"""The README's tour works as written: its blocks run against an installation of their own."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.chaos.server import Server
from config.embedded import state

_BEGIN, _END = "<!-- tour", "<!-- end of the tour -->"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A newcomer's environment. The settings of these tests are not part of it.
_KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "PG_BIN"}

# What a reader is told to expect, in this order.
_EXPECTED = (
    '"email":"alice@example.com"',
    "idempotent-replayed: true",
    '"amount":"1500.00"',
    '"code":"insufficient_funds"',
    '"status":"pending"',
    "checkout answers 200",
    "\ncompleted\n",
    '"type":"deposit","amount":"5000.00"',
    '"code":"signature_not_valid"',
    '"rate":',
    "payout completed",
    ",withdrawal,-2000.00,",
    '"available":"0.00"',
    '"code":"not_found"',
    "settled",
    "-150.00 NGN",
    "The books are proved",
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in set(os.environ) - _KEPT:
        monkeypatch.delenv(name)
    server = Server(tmp_path)
    with server.running():
        yield server


def tour() -> str:
    readme = (state.ROOT / "README.md").read_text(encoding="utf-8")
    told = readme[readme.index(_BEGIN) : readme.index(_END)]
    return "\n".join(_BLOCK.findall(told))


def test_the_tour_of_the_readme_works_as_written(server: Server) -> None:
    ran = subprocess.run(
        ["bash", "-euo", "pipefail"],  # noqa: S607 -- the reader's own
        input=tour(),
        cwd=state.ROOT,
        env=os.environ
        | {"ORIGIN": f"http://127.0.0.1:{server.port}", "PURSER_VAR": str(server.var)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    rest = ran.stdout
    for expected in _EXPECTED:
        assert expected in rest, f"{expected!r} does not follow in:\n{ran.stdout}{ran.stderr}"
        rest = rest.partition(expected)[2]
