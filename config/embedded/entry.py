"""How a command of this checkout ends when it cannot go on: one line, and no stack trace."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from config.embedded.errors import LauncherRefusal
from config.embedded.state import ROOT

_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def run(name: str, command: Callable[[], int]) -> NoReturn:
    """Run what the command `name` is for, and exit with its status or with what is in the way."""
    try:
        with explained():
            status = command()
    except LauncherRefusal as refusal:
        sys.exit(f"{name}: {refusal}")
    sys.exit(status)


@contextmanager
def explained() -> Iterator[None]:
    """Raise `LauncherRefusal` with the cure where a file is closed to the user."""
    try:
        yield
    except OSError as error:
        if error.errno not in _CLOSED:
            raise
        raise LauncherRefusal(_cure(error)) from None


def _cure(error: OSError) -> str:
    if error.filename is None:
        return f"uid {os.geteuid()} may not do this here: {error.strerror}."
    path = Path(os.fsdecode(error.filename)).absolute()
    if error.errno == errno.EROFS:
        return f"{path} is on a file system that is read-only: use a checkout on another."
    place, owner = _nearest(path)
    if owner == os.geteuid():
        return f"{path} is closed to you, though {place} is yours: chmod -R u+rwX {place}"
    return (
        f"{path} is closed to you (uid {os.geteuid()}); {place} belongs to uid {owner}: run this "
        f"as that user, or take a checkout of your own instead of {ROOT}."
    )


def _nearest(path: Path) -> tuple[Path, int]:
    """Return the path, or the nearest directory above it that can be seen, and its owner."""
    for place in (path, *path.parents):
        try:
            return place, place.stat().st_uid
        except OSError:
            continue
    return path, 0
