"""The protocol's test vectors: signed by others, with keys that were thrown away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from offline.messages import (
    Certificate,
    PublicKey,
    Receipt,
    Request,
    RevocationList,
    Settlement,
    Voucher,
    read,
)
from offline.messages.members import Body

DOCUMENT: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text())

ISSUER = PublicKey.from_jwk(DOCUMENT["issuer_jwk"])
PAYER = read(Certificate, DOCUMENT["CA"]).body.key
PAYEE = read(Certificate, DOCUMENT["CR"]).body.key

# Every signed vector with its kind and the key that it is signed with.
SIGNED: list[tuple[str, type[Body], PublicKey]] = [
    ("CA", Certificate, ISSUER),
    ("CR", Certificate, ISSUER),
    ("Q1", Request, PAYEE),
    ("V1", Voucher, PAYER),
    ("V2", Voucher, PAYER),
    ("V2_fork", Voucher, PAYER),
    ("R1", Receipt, PAYEE),
    ("S1", Settlement, ISSUER),
    ("RV", RevocationList, ISSUER),
]
PACKED_SHA256 = next(value for name, value in DOCUMENT.items() if name.startswith("sha256"))
