"""The protocol OFP/1: messages between devices and the server, in one spelling and provable.

    voucher = read(Voucher, text)        # well-formed, and nothing proved yet
    voucher.verify(certificate.key)      # from here on its body may be believed

Nothing here knows of a framework, a database, a file or the time.
"""

from offline.messages.bodies import (
    Certificate,
    Closing,
    Limits,
    Possession,
    Receipt,
    Request,
    RevocationDelta,
    RevocationList,
    Settlement,
    StaticRequest,
    Voucher,
)
from offline.messages.errors import BadSignature, Malformed, MessageRefusal, NoProof, WeakKey
from offline.messages.forks import ForkKind, contradiction, prove_fork
from offline.messages.jws import Jws
from offline.messages.keys import DEVICE_BITS, ISSUER_BITS, PrivateKey, PublicKey, issuer_keys
from offline.messages.revocations import read_revocations
from offline.messages.signed import Signed, read, sign

__all__ = [
    "DEVICE_BITS",
    "ISSUER_BITS",
    "BadSignature",
    "Certificate",
    "Closing",
    "ForkKind",
    "Jws",
    "Limits",
    "Malformed",
    "MessageRefusal",
    "NoProof",
    "Possession",
    "PrivateKey",
    "PublicKey",
    "Receipt",
    "Request",
    "RevocationDelta",
    "RevocationList",
    "Settlement",
    "Signed",
    "StaticRequest",
    "Voucher",
    "WeakKey",
    "contradiction",
    "issuer_keys",
    "prove_fork",
    "read",
    "read_revocations",
    "sign",
]
