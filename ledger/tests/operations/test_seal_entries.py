"""The sealed journal: what is sealed, in which order, and how a change of it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from ledger import seal_queries
from ledger.errors import NotSealedYet
from ledger.merkle import leaf_hash, root_of
from ledger.models import SealedBlock
from ledger.operations import (
    SealFinding,
    all_checks,
    post,
    post_batch,
    seal_entries,
    verify_seals,
)
from ledger.operations.verify import run_checks
from ledger.seals import is_signed
from ledger.tests.factories import NOON, customer, entry
from ledger.tests.seals import KEY, TRUSTED

pytestmark = pytest.mark.usefixtures("committed_db")


def _post(times: int = 1) -> list[int]:
    with transaction.atomic():
        source, target = customer(100), customer()
    entries = [entry(source, target, 1, reference=f"S{uuid4().hex}") for _ in range(times)]
    return [post(one).entry_id for one in entries]


def _seal() -> list[SealedBlock]:
    return seal_entries(key=KEY, at=NOON)


def _broken() -> list[str]:
    with transaction.atomic():
        return [found.name for found in run_checks(all_checks()) if not found.ok]


def test_everything_is_sealed_once_and_proved() -> None:
    ids = _post(3)

    made = _seal()

    assert made[-1].last_entry_id >= ids[-1]
    assert _seal() == []
    found = verify_seals(trusted=TRUSTED)
    assert found == SealFinding(made[-1].height, bytes(made[-1].hash).hex(), "")
    assert _broken() == []


def test_block_says_who_sealed_what_after_what() -> None:
    _post()
    _seal()
    before = seal_queries.newest_block()
    assert before is not None
    ids = _post(2)

    (block,) = _seal()

    head = json.loads(block.head)
    assert head["previous"] == bytes(before.hash).hex()
    assert (head["height"], head["last_entry_id"]) == (before.height + 1, ids[-1])
    assert head["sealed_at"] == NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert is_signed(block.head, signature=bytes(block.signature), public=KEY.public)
    assert not is_signed(f"{block.head} ", signature=bytes(block.signature), public=KEY.public)


def test_database_and_python_find_the_same_root() -> None:
    for size in (1, 2, 3, 5, 8, 13):
        _seal()
        _post(size)
        (block,) = _seal()
        assert seal_queries.root_of(block) == (bytes(block.root), block.entries)


def test_blocks_are_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    _seal()
    _post(5)
    monkeypatch.setattr(import_module("ledger.operations.seal_entries"), "MOST_ENTRIES", 3)

    made = _seal()

    assert sum(block.entries for block in made) >= 5
    assert max(block.entries for block in made) <= 3
    assert verify_seals(trusted=TRUSTED).detail == ""


def test_every_entry_has_a_proof_that_leads_to_the_signed_root() -> None:
    _seal()
    ids = _post(7)
    (block,) = _seal()

    for entry_id in ids:
        proof = seal_queries.prove(entry_id)
        found = root_of(
            leaf_hash(proof.leaf.encode()), index=proof.index, size=proof.size, path=proof.path
        )
        assert found == bytes(block.root)
        assert json.loads(proof.leaf)["entry"] == entry_id
        assert "balance" not in proof.leaf


def test_what_was_posted_a_moment_ago_has_no_proof_yet() -> None:
    _seal()
    (entry_id,) = _post()

    with pytest.raises(NotSealedYet):
        seal_queries.prove(entry_id)


def _post_late(*, many: bool, posted: Event, go_on: Event) -> int:
    """Post an entry at once, and commit it when told to."""
    with transaction.atomic():
        source, target = customer(100), customer()
    late = entry(source, target, 1, reference=f"S{uuid4().hex}")
    try:
        with transaction.atomic():
            if many:
                (verdict,) = post_batch([late], atomic=True)
                assert verdict.posted
                entry_id = verdict.posted.entry_id
            else:
                entry_id = post(late).entry_id
            posted.set()
            assert go_on.wait(30)
        return entry_id
    finally:
        connection.close()


@pytest.mark.parametrize("many", [False, True])
def test_entry_that_is_committed_late_is_waited_for(many: bool) -> None:  # noqa: FBT001
    """It has a lower id than one that is committed already."""
    posted, go_on = Event(), Event()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_post_late, many=many, posted=posted, go_on=go_on)
        assert posted.wait(30)
        (early,) = _post()
        assert seal_entries(key=KEY, at=NOON, patience=0.2) == []
        go_on.set()
        late = running.result()

    assert late < early
    _seal()
    assert seal_queries.prove(late)
    assert seal_queries.prove(early)
    assert verify_seals(trusted=TRUSTED).detail == ""


def test_sealers_at_once_make_one_chain() -> None:
    _post(5)

    def seal(_number: int) -> None:
        try:
            _seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(seal, range(6)))

    _seal()
    assert verify_seals(trusted=TRUSTED).detail == ""


@pytest.mark.parametrize(
    "sql", ["UPDATE ledger_sealedblock SET height = 0", "DELETE FROM ledger_sealedblock"]
)
def test_application_changes_no_block(sql: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(sql)


TAMPERING: list[tuple[str, str]] = [
    (
        "an amount",
        "UPDATE ledger_posting SET amount_minor = amount_minor * 2 WHERE entry_id = %(entry)s",
    ),
    ("a reference", "UPDATE ledger_journalentry SET reference = 'X' WHERE id = %(entry)s"),
    ("an entry", "DELETE FROM ledger_journalentry WHERE id = %(entry)s"),
    ("a root", "UPDATE ledger_sealedblock SET root = sha256('') WHERE height = %(height)s"),
    ("a block", "DELETE FROM ledger_sealedblock WHERE height = %(height)s"),
]


@pytest.mark.parametrize(("what", "sql"), TAMPERING, ids=[what for what, _ in TAMPERING])
def test_change_by_a_superuser_is_found(what: str, sql: str) -> None:
    _post(2)
    _seal()
    (entry_id,) = _post()
    (block,) = _seal()
    _post()
    _seal()

    def look() -> None:
        assert "seals_hold" in _names()
        found = verify_seals(trusted=TRUSTED)
        # A root is repeated by the head, which is signed: only the row's copy was changed.
        assert found.detail.startswith("block ") or what == "a root"

    _tampered(sql, {"entry": entry_id, "height": block.height}, look)
    assert verify_seals(trusted=TRUSTED).detail == ""


def test_tail_that_was_cut_off_is_found_by_an_anchor() -> None:
    _post()
    block = _seal()[-1]
    anchors = {block.height: bytes(block.hash).hex()}
    assert verify_seals(trusted=TRUSTED, anchors=anchors).detail == ""

    def look() -> None:
        assert "seals_hold" not in _names()  # what is left holds together
        found = verify_seals(trusted=TRUSTED, anchors=anchors)
        assert found.detail == f"block {block.height} was anchored and is gone"

    _tampered(
        "DELETE FROM ledger_sealedblock WHERE height = %(height)s", {"height": block.height}, look
    )
    other = verify_seals(trusted=TRUSTED, anchors={block.height: "0" * 64})
    assert other.detail == f"block {block.height} is not the one that was anchored"


def test_key_that_is_not_trusted_seals_for_nobody() -> None:
    _post()
    _seal()

    assert "not trusted" in verify_seals(trusted=frozenset({"x"})).detail


def _names() -> list[str]:
    return [found.name for found in run_checks(all_checks()) if not found.ok]


def _tampered(sql: str, values: dict[str, int], look: Callable[[], None]) -> None:
    """Change something with every guard out of the way, look, and take it back."""
    tables = ("ledger_posting", "ledger_journalentry", "ledger_sealedblock")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL ROLE NONE")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, values)
            assert cursor.rowcount
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("SET LOCAL ROLE purser_app")
        look()
        transaction.set_rollback(True)
