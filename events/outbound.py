"""Calls an address that a customer chose: once, at an IP address that was looked at first.

The name is resolved once, all that it resolves to must be public, and the connection goes to
one of those very addresses, so that a name which resolves otherwise a moment later gains
nothing. No redirect is followed, no proxy asked, no cookie kept, and what is answered is read
up to a bound and shown to nobody.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from threading import Thread, Timer
from time import monotonic

from events import addresses
from events.addresses import Policy, Target
from events.errors import AddressRefused

LARGEST_ANSWER = 64 * 1024
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
_ADDRESSES_TRIED = 3

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call: a `status`, or in one word why there is none."""

    status: int | None
    problem: str
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@cache
def _strict_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host, IPv4 and IPv6."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Caller:
    """How this installation calls out. Tests bring a resolver and certificates of their own."""

    policy: Policy = field(default_factory=Policy)
    resolve: Resolve = resolve
    tls: Callable[[], ssl.SSLContext] = _strict_tls
    total_seconds: float = TOTAL_SECONDS

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send `body` to `url` and say how it was answered; raises nothing for what goes wrong."""
        begun = monotonic()
        deadline = begun + self.total_seconds
        status, problem = None, ""
        try:
            target = addresses.read(url, policy=self.policy)
            connection = self._connect(target, deadline)
            status = _exchange(connection, target, body, headers, deadline)
        except AddressRefused:
            problem = "address_refused"
        except TimeoutError:
            problem = "timeout"
        except ssl.SSLError:
            problem = "tls_failed"
        except socket.gaierror:
            problem = "name_not_resolved"
        except (OSError, http.client.HTTPException, ValueError):
            problem = "connection_failed"
        seconds = monotonic() - begun
        if problem and monotonic() >= deadline:
            problem = "timeout"
        return Answer(status, problem, seconds)

    def _connect(self, target: Target, deadline: float) -> http.client.HTTPConnection:
        """Connect to the first address of `target` that lets us, of those that were looked at."""
        found = _in_time(lambda: self.resolve(target.host, target.port))
        checked = addresses.refuse_inner(found, policy=self.policy, target=target)
        refused: OSError | None = None
        for address in checked[:_ADDRESSES_TRIED]:
            connection = _Connection(target, address, self.tls if target.secure else None)
            connection.timeout = min(CONNECT_SECONDS, max(deadline - monotonic(), 0.1))
            try:
                connection.connect()
            except OSError as failure:
                refused = failure
            else:
                return connection
        raise refused or ConnectionError


def _in_time(resolve: Callable[[], list[str]]) -> list[str]:
    """Resolve, or raise `TimeoutError`: resolvers know no time-out of their own."""
    found: Future[list[str]] = Future()

    def ask() -> None:
        try:
            found.set_result(resolve())
        except OSError as failure:
            found.set_exception(failure)

    # Left to itself when it is late, and no hindrance to the end of the process.
    Thread(target=ask, daemon=True).start()
    return found.result(CONNECT_SECONDS)


class _Connection(http.client.HTTPConnection):
    """Speaks to one address, and in the name of a host."""

    def __init__(
        self, target: Target, address: str, tls: Callable[[], ssl.SSLContext] | None
    ) -> None:
        super().__init__(target.host, target.port)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        """Connect; whoever uses it shakes hands, against the clock."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )


def _exchange(
    connection: http.client.HTTPConnection,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    deadline: float,
) -> int:
    """Ask and be answered before `deadline`, however slowly the other side drips."""
    used = connection.sock
    clock = Timer(max(deadline - monotonic(), 0), _cut, [used])
    clock.daemon = True
    clock.start()
    try:
        if isinstance(used, ssl.SSLSocket):
            used.do_handshake()
        connection.request("POST", target.path, body, {**headers, "Host": target.authority})
        answer = connection.getresponse()
        if monotonic() >= deadline:
            # Cut off among the headers, which reads like their end.
            raise TimeoutError
        answer.read(LARGEST_ANSWER)
        return answer.status
    finally:
        clock.cancel()
        connection.close()


def _cut(used: socket.socket) -> None:
    try:
        # Not TLS's own way of ending, for which the other side would be waited for.
        socket.socket.shutdown(used, socket.SHUT_RDWR)
    except OSError:
        return  # closed already
