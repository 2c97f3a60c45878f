"""TCP ports on this machine: is one free, and which one to take."""

from __future__ import annotations

import secrets
import socket

# Below the range that Linux and macOS hand out to outgoing connections, so that a port
# chosen today is still free tomorrow.
_FIRST, _LAST = 20_000, 29_999


def is_free(host: str, port: int) -> bool:
    """Return whether a server could listen on `host` and `port` now."""
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: a connection of the last run that lingers is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError:
                return False
    return True


def choose() -> int:
    """Return a free port on 127.0.0.1, drawn at random."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST + 1)
        if is_free("127.0.0.1", port):
            return port
