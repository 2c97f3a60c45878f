"""The wallet file: durable, sealed, and for one program at a time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline.device import paying, receiving
from offline.device.errors import WalletBroken, WalletBusy, WalletMissing, WalletPresent, WrongPin
from offline.device.stores import FileStore
from offline.device.wallet import Wallet
from offline.messages import packed
from offline.tests.device.factories import NOW, phone, receive_only

PIN = "2468"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "phones" / "alice.wallet"
    with FileStore.created(path, phone("alice").load(), pin=PIN):
        return path


def loaded(path: Path) -> Wallet:
    with FileStore.opened(path, pin=PIN) as store:
        return store.load()


def request(amount_minor: int = 100) -> str:
    return packed.to_text(receiving.ask(receive_only("bob"), now=NOW, amount_minor=amount_minor))


def test_what_is_saved_is_there_the_next_time(path: Path) -> None:
    with FileStore.opened(path, pin=PIN) as store:
        payment = paying.pay(store, request(), now=NOW)

    wallet = loaded(path)
    assert wallet.payments == [payment]
    assert wallet.newest is not None
    assert wallet.newest.counter == 1


def test_the_file_tells_nothing_without_the_pin(path: Path) -> None:
    content = path.read_bytes()
    wallet = loaded(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for secret in (b"PRIVATE KEY", wallet.number.encode(), wallet.device.encode()):
        assert secret not in content
    with pytest.raises(WrongPin), FileStore.opened(path, pin="2469"):
        pytest.fail("opened")


def test_saving_twice_gives_other_bytes(path: Path) -> None:
    before, wallet = path.read_bytes(), loaded(path)
    with FileStore.opened(path, pin=PIN) as store:
        store.save(wallet)

    assert path.read_bytes() != before
    assert loaded(path).to_json() == wallet.to_json()


def test_a_wallet_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    with (
        pytest.raises(WalletPresent),
        FileStore.created(path, phone("carol").load(), pin=PIN),
    ):
        pytest.fail("written over")
    assert path.read_bytes() == before


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(WalletMissing), FileStore.opened(tmp_path / "none", pin=PIN):
        pytest.fail("opened")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"format": "purser-wallet/2"}', b"null"]
)
def test_other_files_are_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(WalletBroken), FileStore.opened(path, pin=PIN):
        pytest.fail("opened")


@pytest.mark.parametrize("cost", [None, True, 0, 1, 3, 2**21, -2, "32768"])
def test_a_cost_that_nobody_asked_for_is_refused(path: Path, cost: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"cost": cost}))
    with pytest.raises(WalletBroken), FileStore.opened(path, pin=PIN):
        pytest.fail("opened")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_byte_can_change(path: Path, data: st.DataObject) -> None:
    sealed = json.loads(path.read_bytes())
    name = data.draw(st.sampled_from(["salt", "nonce", "sealed"]))
    at = data.draw(st.integers(0, len(sealed[name]) - 2))
    other = "B" if sealed[name][at] == "A" else "A"
    changed = sealed | {name: sealed[name][:at] + other + sealed[name][at + 1 :]}
    copy = path.with_name("copy")
    copy.write_text(json.dumps(changed))

    with pytest.raises((WrongPin, WalletBroken)), FileStore.opened(copy, pin=PIN):
        pytest.fail("opened")


def hold(path: Path, opened: Event, leave: Event) -> None:
    with FileStore.opened(path, pin=PIN):
        opened.set()
        leave.wait(60)


def test_two_programs_do_not_have_one_wallet_open(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    opened, leave = context.Event(), context.Event()
    other = context.Process(target=hold, args=(path, opened, leave))
    other.start()
    try:
        assert opened.wait(60)
        with pytest.raises(WalletBusy), FileStore.opened(path, pin=PIN):
            pytest.fail("opened")
    finally:
        leave.set()
        other.join(60)
    assert loaded(path).number


def pay_for_ever(path: Path, requests: list[str], shown: Path) -> None:
    """Pay one request after the other; show each voucher once it is saved."""
    with FileStore.opened(path, pin=PIN) as store, shown.open("a") as screen:
        for each in requests:
            payment = paying.pay(store, each, now=NOW)
            screen.write(f"{payment.voucher}\n")
            screen.flush()


def test_a_voucher_that_was_shown_is_never_forgotten(path: Path, tmp_path: Path) -> None:
    """Killed at any moment, the device knows at least every voucher that anybody has seen."""
    context = multiprocessing.get_context("spawn")
    screen = tmp_path / "screen"
    screen.touch()
    rounds, paid = 4, 0
    for _ in range(rounds):
        requests = [request() for _ in range(20 - paid)]
        process = context.Process(target=pay_for_ever, args=(path, requests, screen))
        before = len(screen.read_text().splitlines())
        process.start()
        assert process.pid is not None
        while len(screen.read_text().splitlines()) < before + 3 and process.is_alive():
            process.join(0.001)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        paid = len(loaded(path).payments)

    wallet = loaded(path)
    known = [payment.voucher for payment in wallet.payments]
    seen = screen.read_text().split("\n")[:-1]
    assert set(seen) <= set(known)
    assert len(seen) >= 3 * rounds
    counters = [payment.signed.body.counter for payment in wallet.payments]
    assert counters == list(range(1, len(known) + 1))
    assert wallet.newest is not None
    assert wallet.newest.counter == len(known)
