"""Where a wallet is kept. A voucher exists once `save` has returned, and is shown only then."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from offline.device.errors import WalletBroken, WalletBusy, WalletMissing, WalletPresent, WrongPin
from offline.device.wallet import Wallet
from offline.messages import Malformed, base64url

_FORMAT = "purser-wallet/1"
# 32 MiB and about a tenth of a second for every guess at the PIN.
COST = 2**15
# A file that asks for more than a gigabyte is nobody's wallet.
_HIGHEST_COST = 2**20


class Store(Protocol):
    """Keeps one wallet."""

    def load(self) -> Wallet:
        """Return a copy of what was saved last."""

    def save(self, wallet: Wallet) -> None:
        """Keep the wallet durably, all of it or nothing."""


class MemoryStore:
    """Keeps a wallet in `content`, for trials: copy that, put it back, and time has turned."""

    def __init__(self, wallet: Wallet) -> None:
        self.content = ""
        self.save(wallet)

    def load(self) -> Wallet:
        return Wallet.from_json(json.loads(self.content))

    def save(self, wallet: Wallet) -> None:
        self.content = json.dumps(wallet.to_json())


class FileStore:
    """Keeps a wallet in a file under a PIN: scrypt makes the key, AES-256-GCM seals.

    Use `opened` or `created`: they hold the lock that keeps two programs from one counter.
    """

    def __init__(self, path: Path, *, salt: bytes, cost: int, pin: str) -> None:
        self._path = path
        self._salt = salt
        self._cost = cost
        self._cipher = AESGCM(Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(pin.encode()))

    @classmethod
    @contextmanager
    def opened(cls, path: Path, *, pin: str) -> Iterator[Self]:
        """Open a file; raises `WalletMissing`, `WalletBusy`, `WalletBroken`, `WrongPin`."""
        if not path.exists():
            raise WalletMissing
        with _locked(path):
            sealed = _read(path)
            store = cls(path, salt=_part(sealed, "salt"), cost=_cost(sealed), pin=pin)
            store.load()
            yield store

    @classmethod
    @contextmanager
    def created(cls, path: Path, wallet: Wallet, *, pin: str) -> Iterator[Self]:
        """Make a file; raises `WalletPresent` rather than write over one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            if path.exists():
                raise WalletPresent
            store = cls(path, salt=os.urandom(16), cost=COST, pin=pin)
            store.save(wallet)
            yield store

    def load(self) -> Wallet:
        sealed = _read(self._path)
        try:
            plain = self._cipher.decrypt(
                _part(sealed, "nonce"), _part(sealed, "sealed"), _FORMAT.encode()
            )
        except InvalidTag:
            raise WrongPin from None
        except ValueError:
            raise WalletBroken from None
        try:
            return Wallet.from_json(json.loads(plain))
        except (KeyError, TypeError):
            raise WalletBroken from None

    def save(self, wallet: Wallet) -> None:
        nonce = os.urandom(12)
        plain = json.dumps(wallet.to_json()).encode()
        sealed = {
            "format": _FORMAT,
            "cost": self._cost,
            "salt": base64url.encode(self._salt),
            "nonce": base64url.encode(nonce),
            "sealed": base64url.encode(self._cipher.encrypt(nonce, plain, _FORMAT.encode())),
        }
        _replace(self._path, json.dumps(sealed).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        sealed = json.loads(path.read_bytes())
    except ValueError:
        raise WalletBroken from None
    if not isinstance(sealed, dict) or sealed.get("format") != _FORMAT:
        raise WalletBroken
    return sealed


def _part(sealed: dict[str, Any], name: str) -> bytes:
    try:
        return base64url.decode(str(sealed.get(name)))
    except Malformed:
        raise WalletBroken from None


def _cost(sealed: dict[str, Any]) -> int:
    cost = sealed.get("cost")
    if type(cost) is not int or not 1 < cost <= _HIGHEST_COST or cost & (cost - 1):
        raise WalletBroken
    return cost


def _replace(path: Path, content: bytes) -> None:
    """Write so that a power cut leaves the old file or the new one, and never the old one again."""
    draft = path.with_name(f"{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # A lock on the wallet itself would be lost with the file that it is replaced by.
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WalletBusy from None
        yield
    finally:
        os.close(descriptor)
