"""What is measured, section by section. Each returns samples, or figures by name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial

import jwt

from benchmarks import clients, operations, readers, servers
from benchmarks.clients import Maker
from benchmarks.limit import limit
from benchmarks.load import Requests, load, write_members
from benchmarks.meters import Sample, Watch, Work
from benchmarks.rounds import Contender, Effort, compare
from benchmarks.servers import Server
from benchmarks.stage import STAND_IN, Stage
from config.embedded import state

_STAND_IN_KEY = "of-the-stand-in-0123456789-abcdefghijklmnopqrstuvwxyz"
_OUR_BODY = (
    '{"source": "{source}", "destination": "{destination}", "amount": "{amount}", '
    '"currency": "NGN", "description": "lunch"}'
)
_STAND_IN_BODY = (
    '{"receiver_wallet_id": {destination}, "currency": "NGN", "amount": "{amount}", '
    '"description": "lunch"}'
)


def posting(stage: Stage, effort: Effort) -> list[Sample]:
    """Posting from Python next to the limit."""

    def least(pattern: str, count: int) -> Contender:
        return lambda watch: limit(
            stage, watch, pattern=pattern, clients=count, seconds=effort.seconds
        )

    def python(make: Maker, count: int) -> Contender:
        return partial(_loop, make, count, effort.seconds)

    post = operations.posting(stage.crowd)
    contenders = {
        "limit, 1 client": least("uniform", 1),
        "limit, 4 clients": least("uniform", 4),
        "limit, 8 clients": least("uniform", 8),
        "limit, one hot row, 8 clients": least("hot", 8),
        "post, 1 client": python(post, 1),
        "post, 8 clients": python(post, 8),
        "post, one hot account, 8 clients": python(operations.posting_hot(stage.crowd), 8),
        "post_batch of 100, 4 clients": python(operations.batch(stage.crowd, 100), 4),
        "whole transfer, 8 clients": python(operations.whole_transfer(stage.crowd), 8),
    }
    return compare(contenders, stage.meter, effort)


def _loop(make: Maker, count: int, seconds: float, watch: Watch) -> Work:
    return clients.loop(make, watch, clients=count, seconds=seconds)


def http(stage: Stage, effort: Effort) -> list[Sample]:
    """`POST transfers` next to the stand-in, spread out and all to one receiver."""
    ours = write_members("members", ((m.token, m.number, m.number) for m in stage.crowd))
    theirs = write_members(
        "stand_in_members",
        ((_stand_in_token(number), str(number), str(number)) for number in _numbers(stage)),
    )
    wallet = partial(Requests, ours, "/api/v1/transfers", "POST", _OUR_BODY)
    stand_in = partial(Requests, theirs, "/api/v1/transaction/transfer", "POST", _STAND_IN_BODY)
    _prepare_stand_in(stage)
    with ExitStack() as stack:
        here = stack.enter_context(servers.wallet())
        there = stack.enter_context(servers.peer("stand_in", _stand_in_settings(stage)))
        contenders = {
            "POST transfers, 16 connections": (here, wallet(), 16),
            "stand-in, 16 connections": (there, stand_in(), 16),
            "POST transfers, one receiver, 64 connections": (here, wallet("hot"), 64),
            "stand-in, one receiver, 64 connections": (there, stand_in("hot"), 64),
        }
        return _compare_servers(contenders, stage, effort)


def reads(stage: Stage, effort: Effort) -> list[Sample]:
    """A balance and the first page of a history next to bare views of the same tables."""
    people = readers.give(stage)
    members = write_members("readers", ((m.token, m.number, m.number) for m in people))
    settings = {
        "BARE_KEY": stage.installation.state["secrets"]["JWT_SIGNING_KEY"],
        "BARE_URL": stage.superuser("purser").url(),
    }
    with ExitStack() as stack:
        here = stack.enter_context(servers.wallet())
        there = stack.enter_context(servers.peer("bare", settings))
        contenders = {}
        for name, path in (("balance", "balance"), ("first history page", "transactions")):
            own = Requests(members, f"/api/v1/wallets/{{source}}/{path}")
            bare = Requests(members, f"/wallets/{{source}}/{path}")
            contenders[f"GET {name}"] = (here, own, 16)
            contenders[f"bare {name}"] = (there, bare, 16)
        return _compare_servers(contenders, stage, effort)


def _compare_servers(
    contenders: Mapping[str, tuple[Server, Requests, int]], stage: Stage, effort: Effort
) -> list[Sample]:
    def over_http(server: Server, requests: Requests, connections: int) -> Contender:
        return lambda watch: load(
            server, requests, watch, connections=connections, seconds=effort.seconds
        )

    for server, requests, _ in contenders.values():  # connections, plans and caches
        load(server, requests, Watch(stage.meter), connections=64, seconds=1)
    runs = {name: over_http(*contender) for name, contender in contenders.items()}
    return compare(runs, stage.meter, effort)


def _numbers(stage: Stage) -> range:
    return range(1, len(stage.crowd) + 1)


def _stand_in_settings(stage: Stage) -> dict[str, str]:
    return {
        "STAND_IN_KEY": _STAND_IN_KEY,
        "STAND_IN_USERS": str(len(stage.crowd)),
        "STAND_IN_URL": stage.superuser(STAND_IN).url().replace("://", "+psycopg2://"),
    }


def _prepare_stand_in(stage: Stage) -> None:
    stage.execute(f"CREATE DATABASE {STAND_IN};")
    subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.stand_in"],
        cwd=state.ROOT,
        env=os.environ | _stand_in_settings(stage),
        check=True,
    )


def _stand_in_token(user: int) -> str:
    claims = {"user_id": str(user), "ver": 0, "jti": f"{user:032x}", "exp": time.time() + 7200}
    return jwt.encode(claims, _STAND_IN_KEY, algorithm="HS256")
