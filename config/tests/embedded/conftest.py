from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.installation import Installation
from config.embedded.progress import Progress


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def installation(var: Path) -> Iterator[Installation]:
    """An installation of its own; whatever a test did to it, it does not run on."""
    installation = Installation(var)
    yield installation
    installation.cluster.stop()


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with (tmp_path / "terminal").open("w") as terminal:
        yield Progress(terminal)
