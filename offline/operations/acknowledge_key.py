from __future__ import annotations

from datetime import datetime

from offline import locks
from offline.errors import KeyExportEnded, KeyHeldByDevice, ProofNotValid
from offline.messages import Possession, read
from offline.models import Device
from offline.operations.enrol_device import Enrolment, enrol_device
from wallets.models import Wallet


def acknowledge_key(*, wallet: Wallet, proof: str, name: str, now: datetime) -> Device:
    """Enrol a key that was made here, now that its owner proves to have it; destroy the export.

    Raises `KeyHeldByDevice` for a wallet without such a key, `KeyExportEnded` when it was
    acknowledged before or too long ago, `ProofNotValid` for another key, and what
    `enrol_device` raises.
    """
    export = locks.server_key(wallet.pk)
    if export is None or not export.is_made:
        raise KeyHeldByDevice
    if export.is_over(now):
        raise KeyExportEnded
    if read(Possession, proof).body.key.key_id != export.did:
        raise ProofNotValid

    return enrol_device(wallet=wallet, enrolment=Enrolment(proof=proof, name=name), now=now)
