"""Two phones at two terminals, without a network."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from offline.device import cli
from offline.device.stores import FileStore, MemoryStore
from offline.device.wallet import Revocations, Wallet
from offline.messages import Limits, Receipt, bundles, packed, sign
from offline.tests.device.factories import certificate, phone
from offline.tests.messages import keys, samples

PIN = "2468"


class Terminal:
    """A terminal with a wallet of its own. What a command prints is kept."""

    def __init__(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.path = path
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str, given: str = "") -> int:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        status = cli.main(["--wallet", str(self.path), *arguments])
        self.out, self.err = self._capsys.readouterr()
        return status

    def wallet(self) -> Wallet:
        with FileStore.opened(self.path, pin=PIN) as store:
            return store.load()


def enrolled(holder: str, **changes: Any) -> Wallet:
    """A wallet as it is after enrolment, by today's clock."""
    now = int(time.time())
    times = {
        "not_before": now - 900,
        "expires_at": now + 259_200,
        "submit_until": now + 864_000,
    }
    store: MemoryStore = phone(holder, **times, **changes)
    wallet = store.load()
    wallet.revocations = Revocations(1, now, [])
    return wallet


@pytest.fixture
def terminals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Terminal, Terminal]:
    monkeypatch.setenv("DEVICE_PIN", PIN)
    nothing = Limits(voucher_minor=0, cumulative_minor=0, count=0)
    made = []
    for name, wallet in (("alice", enrolled("alice")), ("bob", enrolled("bob", limits=nothing))):
        path = tmp_path / f"{name}.wallet"
        with FileStore.created(path, wallet, pin=PIN):
            made.append(Terminal(path, monkeypatch, capsys))
    return made[0], made[1]


def test_two_phones_pay_without_a_network(terminals: tuple[Terminal, Terminal]) -> None:
    alice, bob = terminals

    assert bob("request", "500.00", "--memo", "2 tea") == 0
    request = bob.out
    assert alice("scan", given=request) == 0
    assert "Good to pay" in alice.err
    assert alice("pay", "--yes", given=request) == 0
    assert "Pay 500.00 PKR to Corner Shop (9876543210123) for '2 tea'?" in alice.err
    payment = alice.out
    assert bob("scan", given=payment) == 0
    assert "Good here" in bob.err
    assert bob("receive", given=payment) == 0
    assert "Received 500.00 PKR from A. K***" in bob.err
    assert alice("receipt", given=bob.out) == 0
    assert "Corner Shop has 500.00 PKR." in alice.err

    assert alice("status") == 0
    assert "4500.00 PKR left" in alice.out
    assert "19 more payments" in alice.out
    assert bob("status") == 0
    assert "500.00 PKR, not settled yet" in bob.out
    assert alice("history") == 0
    assert "-500.00 PKR" in alice.out
    assert "with receipt" in alice.out
    assert bob("history") == 0
    assert "+500.00 PKR" in bob.out


def test_messages_travel_in_files_and_in_every_form(
    terminals: tuple[Terminal, Terminal], tmp_path: Path
) -> None:
    alice, bob = terminals
    file = tmp_path / "message"

    for form in ((), ("--plain",)):
        bob("request", "1.00", *form)
        file.write_text(bob.out)
        assert alice("pay", "--yes", str(file), *form) == 0
        assert bob("receive", "-", *form, given=alice.out) == 0
        file.write_text(bob.out)
        assert alice("receipt", str(file)) == 0
    assert all(payment.receipt for payment in alice.wallet().payments)


def test_codes_are_drawn(terminals: tuple[Terminal, Terminal], tmp_path: Path) -> None:
    _, bob = terminals
    png, svg = tmp_path / "r.png", tmp_path / "r.svg"

    assert bob("request", "1.00", "--png", str(png), "--svg", str(svg), "--qr") == 0

    assert png.read_bytes().startswith(b"\x89PNG")
    assert svg.read_text().startswith("<svg")
    assert "█" in bob.err
    assert len(packed.from_text(bob.out.strip())) == 2


def test_a_payment_is_shown_again_to_the_letter(terminals: tuple[Terminal, Terminal]) -> None:
    alice, bob = terminals
    bob("request", "1.00")
    alice("pay", "--yes", given=bob.out)
    payment = alice.out

    assert alice("show") == 0
    assert alice.out == payment
    bob("receive", given=payment)
    receipt = bob.out
    assert bob("show", alice.wallet().payments[0].signed.vid[:6]) == 0
    assert bob.out == receipt
    assert bob("receive", given=payment) == 0
    assert bob.out == receipt
    assert alice("show", "nothing") == 1
    assert "unknown_payment" in alice.err


def test_nobody_pays_without_saying_so(terminals: tuple[Terminal, Terminal]) -> None:
    alice, bob = terminals
    bob("request", "500.00")

    assert alice("pay", given=bob.out) == 1

    assert "not_asked" in alice.err
    assert alice.out == ""
    assert alice.wallet().payments == []


def test_the_payer_names_an_amount_and_the_payee_looks_at_it(
    terminals: tuple[Terminal, Terminal],
) -> None:
    alice, bob = terminals
    bob("request")
    assert alice("pay", "--yes", "--amount", "12.34", given=bob.out) == 0
    payment = alice.out

    assert bob("receive", given=payment) == 1
    assert "Take 12.34 PKR from A. K***?" in bob.err
    assert bob("receive", "--yes", given=payment) == 0


def test_refusals_say_why_and_give_nothing_out(terminals: tuple[Terminal, Terminal]) -> None:
    alice, bob = terminals
    bob("request", "1.00")
    request = bob.out
    alice("pay", "--yes", given=request)
    payment = alice.out
    for terminal, arguments, given, code in (
        (alice, ("pay", "--yes"), request, "already_paid"),
        (alice, ("pay", "--yes"), payment, "unexpected_message"),
        (alice, ("pay", "--yes"), "nonsense", "malformed"),
        (alice, ("pay", "--yes", "nowhere"), "", "not_asked"),
        (alice, ("receipt",), request, "malformed"),
        (bob, ("receive",), request, "malformed"),
        (bob, ("request", "1.001"), "", "invalid_amount"),
        (bob, ("request", "0"), "", "invalid_amount"),
        (bob, ("request", "--memo", "x" * 65), "", "malformed"),
        (bob, ("adopt",), payment, "unexpected_message"),
    ):
        assert terminal(*arguments, given=given) == 1, arguments
        assert code in terminal.err, terminal.err
        assert terminal.out == ""


def test_scan_says_what_a_text_holds_and_why_it_is_not_good(
    terminals: tuple[Terminal, Terminal],
) -> None:
    alice, bob = terminals
    bob("request", "1.00")
    assert bob("scan", given=bob.out) == 0
    assert "ofp-req" in bob.out
    assert "signed by this device" in bob.out
    assert "signed by the issuer" in bob.out
    assert "own_wallet" not in bob.out
    assert "Not good here: Payer and payee are the same wallet." in bob.err

    receipt = Receipt(
        voucher_vid=samples.VID,
        request_id=samples.ID,
        payer=samples.ALICE,
        payee=samples.BOB,
        payee_device=samples.ID,
        amount_minor=1,
        currency="PKR",
        issued_at=1,
    )
    assert alice("scan", given=sign(receipt, keys.device("carol")).text) == 0
    assert "ofp-rcp" in alice.out
    assert alice("scan", given=certificate("bob").text) == 0
    assert "Good here." in alice.err


def test_a_wrong_pin_opens_nothing(
    terminals: tuple[Terminal, Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _ = terminals
    monkeypatch.setenv("DEVICE_PIN", "1357")

    assert alice("status") == 1
    assert "wrong_pin" in alice.err
    monkeypatch.delenv("DEVICE_PIN")
    assert alice("status") == 1
    assert "set DEVICE_PIN" in alice.err


def test_it_runs_as_a_module_and_knows_no_framework(tmp_path: Path) -> None:
    """As a newcomer starts it; and nothing of the server is loaded."""
    program = """
import runpy, sys
sys.argv = ["device", "--help"]
try:
    runpy.run_module("offline.device", run_name="__main__")
except SystemExit as leaving:
    print("left with", leaving.code)
print(sorted(set(sys.modules) & {"django", "rest_framework", "celery", "config"}))
"""
    ran = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DEVICE_WALLET": str(tmp_path / "none")},
    )

    assert "usage: python -m offline.device" in ran.stdout
    assert "left with 0\n[]\n" in ran.stdout


def test_without_a_wallet_the_first_step_is_named(
    terminals: tuple[Terminal, Terminal], tmp_path: Path
) -> None:
    alice, _ = terminals
    alice.path = tmp_path / "other.wallet"

    assert alice("status") == 1
    assert "Begin with: enrol" in alice.err
    assert not alice.path.exists()
    assert alice("pay", given=bundles.to_plain(["x"])) == 1
    with pytest.raises(SystemExit):
        alice("dance")
