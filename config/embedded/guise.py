"""As whom PostgreSQL runs: it refuses to be root.

An ordinary user runs it as himself. Root runs it in a user namespace, where it sees another
uid while its files stay root's: no account is made, and a directory that only root may
enter is no obstacle. Where namespaces are refused, root runs it as uid 65534.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.embedded.errors import LauncherRefusal

_NOBODY = 65534


class Identity(TypedDict, total=False):
    """The arguments of `subprocess.run` that change who a program runs as."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Guise:
    """A prefix for the command line, and a uid to change to when there is one."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def identity(self) -> Identity:
        """Return what to pass to `subprocess.run` besides the command."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.uid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make `path` belong to whom PostgreSQL runs as."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


def choose(data: Path) -> Guise:
    """Choose for a data directory that exists or not; what it belongs to decides first.

    Raises `LauncherRefusal` when it belongs to someone whom we cannot be.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise LauncherRefusal(
                f"{data} belongs to uid {owner}, and you are uid {os.geteuid()}: run this as "
                "the user who ran it first, or delete var/ and its data."
            )
        return Guise()
    if owner:
        return Guise(uid=owner)
    if _namespaces_work():
        return Guise(prefix=_NAMESPACE)
    if owner == 0:
        raise LauncherRefusal(
            f"{data} was made by root in a user namespace, and this machine refuses them now."
        )
    return Guise(uid=_NOBODY)


_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


def _namespaces_work() -> bool:
    if os.environ.get("PURSER_NO_USER_NAMESPACE") or not shutil.which("unshare"):
        return False
    return subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
