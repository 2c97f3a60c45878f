"""Which addresses this installation calls because a customer asked it to. Pure.

A customer who names an address chooses what we connect to, from inside our own network. So
an address is judged twice: as text when it is given, and as numbers each time it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from events.errors import AddressRefused

LONGEST = 500

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
# A name of two labels or more, of which the last begins with a letter: browsers and C libraries
# read 127.1, 0x7f.1 and 2130706433 as addresses, but no name that ends in a letter's label.
_NAME = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?:[a-z][a-z0-9-]{{0,61}}[a-z0-9])", re.ASCII)
_OUR_OWN = re.compile(
    r"arpa|corp|home|internal|intranet|invalid|lan|local|localdomain|localhost|onion"
)
_VISIBLE = re.compile(r"[!-~]+", re.ASCII)

# Where an IPv6 address stands for an IPv4 one, for what a relay makes of it, or for nothing.
_RELAYED = [
    IPv6Network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "3fff::/20")
]
_WORLD = IPv6Network("2000::/3")
_PROTOCOLS = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be called: https on these ports; `local`, for trials, this machine as well."""

    ports: frozenset[int] = frozenset({443})
    local: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was judged as text. `path` holds the query as well."""

    host: str
    port: int
    path: str
    secure: bool = True

    @property
    def authority(self) -> str:
        """What the Host header says."""
        usual = 443 if self.secure else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def read(url: str, *, policy: Policy) -> Target:
    """Return what `url` names. Raises `AddressRefused`, saying what is wrong with it."""
    if len(url) > LONGEST or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise AddressRefused("An address is ASCII without spaces, 500 characters at most.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise AddressRefused("This is not an address.") from fault
    if "@" in parts.netloc or parts.fragment or url.endswith("#"):
        raise AddressRefused("An address holds neither a login nor a fragment.")
    if policy.local and parts.hostname in {"127.0.0.1", "localhost"}:
        return _local(parts.scheme, parts.hostname, port, _path(parts.path, parts.query))
    if parts.scheme != "https":
        raise AddressRefused("An address begins with https://.")
    return Target(_host(parts.hostname), _port(port, policy), _path(parts.path, parts.query))


def refuse_inner(addresses: Iterable[str], *, policy: Policy, target: Target) -> list[str]:
    """Return the addresses of `target` when all of them are out in the world.

    Raises `AddressRefused` for none at all and for a single one that is not: a name with one
    good address and one bad is a name that somebody is trying something with.
    """
    found = list(addresses)
    if policy.local and target.host in {"127.0.0.1", "localhost"}:
        return [one for one in found if one == "127.0.0.1"]
    if not found or not all(is_outside(one) for one in found):
        raise AddressRefused("This host has no address, or one that is not public.")
    return found


def is_outside(address: str) -> bool:
    """Whether an IP address is reachable by everybody and stands for itself alone."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        odd = ip.scope_id is not None or ip not in _WORLD or any(ip in net for net in _RELAYED)
    else:
        odd = any(ip in net for net in _PROTOCOLS)
    # Older Pythons call some of these global.
    return ip.is_global and not (odd or ip.is_multicast or ip.is_reserved)


def _local(scheme: str, host: str, port: int | None, path: str) -> Target:
    if scheme not in {"http", "https"}:
        raise AddressRefused("An address begins with https://.")
    return Target(host, port or (443 if scheme == "https" else 80), path, scheme == "https")


def _host(host: str | None) -> str:
    name = host or ""
    if not _NAME.fullmatch(name) or _OUR_OWN.fullmatch(name.rpartition(".")[2]):
        raise AddressRefused("An address names a public host by its full name, in ASCII.")
    return name


def _port(port: int | None, policy: Policy) -> int:
    if port is None:
        return 443
    if port not in policy.ports:
        raise AddressRefused("An address has no such port; leave it out.")
    return port


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")
