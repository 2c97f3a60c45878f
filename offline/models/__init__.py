"""Money that travelled without us: evidence, and its effect.

A `Device` holds a key; a `Certificate` lets it pay from a hold; a `Voucher` is one payment. A
`Case` collects `ForkProof`s and `CaseDecision`s; a `RevocationList` warns of devices; an
`IssuerKey` signs for us; an `Allowance` counts; a `ServerKey` was made here for a device.
"""

from offline.models.allowance import Allowance
from offline.models.case import Case, CaseDecision, CaseKind, CaseStatus, ForkProof, Ruling
from offline.models.certificate import Certificate, CertificateStatus
from offline.models.device import Device, DeviceChallenge, DeviceStatus, Tier
from offline.models.issuer_key import IssuerKey
from offline.models.revocation_list import RevocationList
from offline.models.server_key import ServerKey
from offline.models.voucher import Voucher, VoucherStatus

__all__ = [
    "Allowance",
    "Case",
    "CaseDecision",
    "CaseKind",
    "CaseStatus",
    "Certificate",
    "CertificateStatus",
    "Device",
    "DeviceChallenge",
    "DeviceStatus",
    "ForkProof",
    "IssuerKey",
    "RevocationList",
    "Ruling",
    "ServerKey",
    "Tier",
    "Voucher",
    "VoucherStatus",
]
