"""A server that is none, or a hostile one: over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from offline.device import enrolling, login, syncing
from offline.device.errors import ServerAway, ServerRefused, UntrustedIssuer
from offline.device.server import Server
from offline.messages import MessageRefusal, PrivateKey, RevocationList, sign
from offline.tests.device.factories import NOW, phone
from offline.tests.messages import keys, samples


class Stage(HTTPServer):
    """Answers everything with `status` and `content`, and remembers what was asked."""

    status = 200
    content = b"{}"
    asked: list[tuple[str, str, str, dict[str, Any]]]


class Actor(BaseHTTPRequestHandler):
    server: Stage

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""

    def _answer(self, body: dict[str, Any]) -> None:
        token = self.headers.get("Authorization", "")
        self.server.asked.append((self.command, self.path, token, body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.content)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(("127.0.0.1", 0), Actor)
    stage.asked = []
    thread = threading.Thread(target=stage.serve_forever)
    thread.start()
    yield stage
    stage.shutdown()
    thread.join()
    stage.server_close()


def server(stage: Stage, answer: object, *, status: int = 200) -> Server:
    stage.status = status
    stage.content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Server(f"http://127.0.0.1:{stage.server_port}", token="token-1")


def test_a_call_carries_the_token_and_gives_the_answer(stage: Stage) -> None:
    assert server(stage, {"a": 1}).post("/x", {"b": 2}) == {"a": 1}
    assert stage.asked == [("POST", "/x", "Bearer token-1", {"b": 2})]


def test_a_refusal_is_the_servers_own(stage: Stage) -> None:
    problem = {
        "detail": "The request is not valid.",
        "code": "validation_error",
        "errors": [{"field": "amount", "code": "invalid", "detail": "Too little."}],
    }
    with pytest.raises(ServerRefused) as refused:
        server(stage, problem, status=400).get("/x")

    assert refused.value.code == "validation_error"
    assert str(refused.value) == "The request is not valid. amount: Too little."


@pytest.mark.parametrize("content", [b"<html>", b"", b"[]", b'"x"', b"\xff"])
def test_what_is_no_document_is_no_server_of_ours(stage: Stage, content: bytes) -> None:
    with pytest.raises(ServerAway):
        enrolling.prepare(server(stage, content), currency="NGN")


def test_nobody_is_sent_elsewhere_with_the_token(stage: Stage) -> None:
    with pytest.raises(ServerRefused):
        server(stage, {}, status=302).get("/x")
    assert len(stage.asked) == 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": 1, "keys": []},
        {"issuer": "x"},
        {"issuer": "x", "keys": [{"kty": "RSA", "kid": "x", "e": "AQAB", "n": "AQAB"}]},
    ],
)
def test_keys_of_an_issuer_are_read_strictly(stage: Stage, document: dict[str, Any]) -> None:
    with pytest.raises((ServerAway, MessageRefusal)):
        enrolling.prepare(server(stage, document), currency="NGN")


def test_keys_that_were_known_are_never_replaced(stage: Stage) -> None:
    added = PrivateKey.generate(3072).public
    wallet = phone("alice").load()
    document = {"issuer": "x", "keys": [{**added.jwk(), "kid": added.key_id}]}

    for _ in range(2):
        enrolling.new_issuer_keys(server(stage, document), wallet)

    assert list(wallet.issuers) == [keys.issuer().public.key_id, added.key_id]


def revocations(number: int, *, key: PrivateKey, issuer: str = samples.ISSUER) -> dict[str, str]:
    body = RevocationList(
        issuer=issuer, number=number, issued_at=NOW, next_at=NOW + 9, revoked=(samples.ID,)
    )
    return {"list": sign(body, key).text}


def test_only_a_newer_list_of_our_issuer_is_taken(stage: Stage) -> None:
    wallet = phone("alice").load()
    for answer in (
        revocations(0, key=keys.issuer()),
        revocations(9, key=keys.device("bob")),
        revocations(9, key=keys.issuer(), issuer="https://other.example"),
    ):
        with pytest.raises(UntrustedIssuer):
            syncing.refresh_revocations(server(stage, answer), wallet)
        assert wallet.revocations is not None
        assert wallet.revocations.number == 1

    syncing.refresh_revocations(server(stage, revocations(2, key=keys.issuer())), wallet)
    newest = wallet.revocations
    assert newest is not None
    assert newest.devices == [samples.ID]
    assert stage.asked[-1][1] == "/api/v1/offline/revocations?since=1"


def test_a_code_is_asked_for_where_the_server_wants_one(stage: Stage) -> None:
    waiting = {
        "data": {"flows": [{"id": "login"}, {"id": "mfa_authenticate", "is_pending": True}]},
        "meta": {"session_token": "session-1"},
    }
    asking = server(stage, waiting, status=401)
    given: list[str] = []

    def ask_code() -> str:
        given.append("123456")
        stage.status = 200
        stage.content = json.dumps({"meta": {"access_token": "token-2"}}).encode()
        return given[-1]

    login.log_in(asking, email="a@example.com", password="x", ask_code=ask_code)

    assert asking.token == "token-2"
    assert stage.asked[-1][1] == "/api/v1/auth/2fa/authenticate"
    assert stage.asked[-1][3] == {"code": "123456"}


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        ({"errors": [{"message": "Wrong."}]}, 400, "Wrong."),
        ({}, 200, "refused"),
        ({"data": {"flows": [{"id": "verify_email", "is_pending": True}]}}, 401, "refused"),
    ],
)
def test_a_login_that_is_not_complete_is_refused(
    stage: Stage, answer: dict[str, Any], status: int, why: str
) -> None:
    asking = server(stage, answer, status=status)
    with pytest.raises(ServerRefused, match=why):
        login.log_in(asking, email="a@example.com", password="x", ask_code=lambda: "1")
    assert asking.token == "token-1"
