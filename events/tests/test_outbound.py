"""Calls to addresses that customers chose, to real servers: what gets out, and what never does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest

from events.addresses import Policy
from events.outbound import LARGEST_ANSWER, Caller
from events.tests.certificates import Authority
from events.tests.factories import Receiver, receiver
from events.tests.test_addresses import BAD_URLS

HOST = "shop.example.com"
# Public, and not called: `led_here` leads there.
PUBLIC = "93.184.215.14"
TRIALS = Policy(local=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def led_here(port: int) -> Iterator[list[str]]:
    """Let connections to `PUBLIC` arrive on this machine, and note every address connected to."""
    really = socket.create_connection
    asked: list[str] = []

    def connect(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        asked.append(address[0])
        return really(("127.0.0.1", port) if address[0] == PUBLIC else address, *rest, **more)

    with patch("events.outbound.socket.create_connection", connect):
        yield asked


@contextmanager
def shop(authority: Authority, host: str = HOST) -> Iterator[tuple[Receiver, int]]:
    """A server with TLS that the authority vouches for as `host`."""
    wrap = partial(authority.serving(host).wrap_socket, server_side=True)
    with receiver(wrap=wrap) as server:
        yield server, urlsplit(server.url).port or 0


def caller(authority: Authority, *addresses: str, **more: Any) -> Caller:
    return Caller(resolve=lambda *_: list(addresses), tls=authority.trusting, **more)


class TestOverTls:
    def test_the_checked_address_in_the_name_of_the_host(self, authority: Authority) -> None:
        with shop(authority) as (server, port), led_here(port) as asked:
            answer = caller(authority, PUBLIC).post(
                f"https://{HOST}/hook?a=b", body=b'{"a":1}', headers={"X-Test": "1"}
            )

        assert (answer.status, answer.problem, answer.is_good) == (200, "", True)
        assert asked == [PUBLIC]
        got = server.got[0]
        assert (got.path, got.body) == ("/hook?a=b", b'{"a":1}')
        assert (got.headers["host"], got.headers["x-test"]) == (HOST, "1")

    def test_not_to_somebody_who_is_not_the_host(self, authority: Authority) -> None:
        with shop(authority, "other.example.com") as (server, port), led_here(port):
            answer = caller(authority, PUBLIC).post(f"https://{HOST}/", body=b"", headers={})

        assert (answer.status, answer.problem, server.got) == (None, "tls_failed", [])

    def test_not_to_somebody_nobody_vouches_for(self, authority: Authority) -> None:
        with shop(authority) as (server, port), led_here(port):
            answer = Caller(resolve=lambda *_: [PUBLIC]).post(
                f"https://{HOST}/", body=b"", headers={}
            )

        assert (answer.problem, server.got) == ("tls_failed", [])

    def test_a_name_that_resolves_otherwise_a_moment_later(self, authority: Authority) -> None:
        answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
        rebinding = Caller(resolve=lambda *_: next(answers), tls=authority.trusting)

        with shop(authority) as (server, port), led_here(port) as asked:
            first = rebinding.post(f"https://{HOST}/", body=b"", headers={})
            second = rebinding.post(f"https://{HOST}/", body=b"", headers={})

        assert (first.status, second.problem) == (200, "address_refused")
        assert asked == [PUBLIC]
        assert len(server.got) == 1

    def test_the_next_address_when_the_first_is_silent(self, authority: Authority) -> None:
        with (
            shop(authority) as (_, port),
            led_here(port) as asked,
            patch("events.addresses.is_outside", return_value=True),
        ):
            both = caller(authority, "127.9.9.9", PUBLIC)
            answer = both.post(f"https://{HOST}/", body=b"", headers={})

        assert answer.status == 200
        assert asked == ["127.9.9.9", PUBLIC]


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], ["::1"], ["10.1.2.3"], ["169.254.169.254"], [PUBLIC, "192.168.0.1"], []],
    ids=",".join,
)
def test_names_of_what_is_inside(authority: Authority, found: list[str]) -> None:
    with shop(authority) as (server, port), led_here(port) as asked:
        answer = caller(authority, *found).post(f"https://{HOST}/", body=b"", headers={})

    assert (answer.problem, asked, server.got) == ("address_refused", [], [])


def test_no_address_of_the_table_is_connected_to() -> None:
    """Each of them, to a trap on the ports that they name where that can be."""
    with receiver() as trap, led_here(urlsplit(trap.url).port or 0) as asked:
        problems = {
            Caller(resolve=lambda *_: ["127.0.0.1"]).post(url, body=b"", headers={}).problem
            for url in BAD_URLS
        }

    assert problems == {"address_refused"}
    assert (asked, trap.got) == ([], [])


class TestAnswers:
    @pytest.mark.parametrize("status", [201, 204, 299])
    def test_good(self, status: int) -> None:
        with receiver() as server:
            server.status = status
            answer = Caller(TRIALS).post(server.url, body=b"", headers={})

        assert answer.is_good

    @pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
    def test_not_good(self, status: int) -> None:
        with receiver() as server:
            server.status = status
            answer = Caller(TRIALS).post(server.url, body=b"", headers={})

        assert (answer.status, answer.is_good) == (status, False)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_nobody_is_sent_elsewhere(self, status: int) -> None:
        with receiver() as inner, receiver() as server:

            def elsewhere(handler: BaseHTTPRequestHandler) -> None:
                handler.send_response(status)
                handler.send_header("Location", inner.url)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            server.answer = elsewhere
            answer = Caller(TRIALS).post(server.url, body=b"", headers={})

        assert (answer.status, answer.is_good, inner.got) == (status, False, [])

    def test_an_endless_answer_is_read_so_far(self) -> None:
        sent: list[int] = []

        def endless(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            try:
                while len(sent) < 10_000:
                    handler.wfile.write(b"x" * LARGEST_ANSWER)
                    sent.append(1)
            except OSError:
                return

        with receiver() as server:
            server.answer = endless
            answer = Caller(TRIALS).post(server.url, body=b"", headers={})

        assert answer.status == 200
        assert len(sent) < 1000

    def test_nobody_listens(self) -> None:
        with receiver() as server:
            url = server.url

        assert Caller(TRIALS).post(url, body=b"", headers={}).problem == "connection_failed"

    def test_a_name_that_nobody_has(self) -> None:
        def none(*_: Any) -> list[str]:
            raise socket.gaierror

        answer = Caller(resolve=none).post(f"https://{HOST}/", body=b"", headers={})

        assert answer.problem == "name_not_resolved"


class TestTime:
    """Whoever is slow is cut off, in whichever way they are slow."""

    @contextmanager
    def slow(self, drip: bytes) -> Iterator[str]:
        """Listen, and say `drip` again and again, never to an end."""
        stop = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve() -> None:
                taken, _ = server.accept()
                with taken:
                    try:
                        while not stop.wait(0.05):
                            taken.sendall(drip)
                    except OSError:
                        return

            thread = threading.Thread(target=serve)
            thread.start()
            yield f"127.0.0.1:{server.getsockname()[1]}/"
            stop.set()
            thread.join()

    @pytest.mark.parametrize("scheme", ["http", "https"])
    @pytest.mark.parametrize(
        "drip", [b"", b"x", b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n"], ids=["silent", *"xyz"]
    )
    def test_no_end(self, scheme: str, drip: bytes) -> None:
        hasty = Caller(TRIALS, total_seconds=0.4)
        begun = monotonic()
        with self.slow(drip) as rest:
            answer = hasty.post(f"{scheme}://{rest}", body=b"", headers={})

        assert not answer.is_good
        assert answer.status is None
        assert monotonic() - begun < 3

    def test_a_body_that_drips(self) -> None:
        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(b"x")
                    threading.Event().wait(0.05)
            except OSError:
                return

        with receiver() as server:
            server.answer = drip
            begun = monotonic()
            answer = Caller(TRIALS, total_seconds=0.4).post(server.url, body=b"", headers={})

        assert answer.is_good  # it has said so
        assert monotonic() - begun < 3

    def test_a_resolver_that_never_answers(self) -> None:
        stop = threading.Event()

        def never(*_: Any) -> list[str]:
            stop.wait(10)
            return []

        with patch("events.outbound.CONNECT_SECONDS", 0.2):
            answer = Caller(resolve=never).post(f"https://{HOST}/", body=b"", headers={})
        stop.set()

        assert answer.problem == "timeout"


def test_a_proxy_of_ours_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with receiver() as proxy, receiver() as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        answer = Caller(TRIALS).post(server.url, body=b"", headers={})

    assert (answer.status, proxy.got) == (200, [])
