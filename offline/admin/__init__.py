"""Offline payments in the back office: looked at, revoked, and decided by two."""

from offline.admin.cases import CaseAdmin, CaseDecisionAdmin
from offline.admin.certificates import CertificateAdmin
from offline.admin.devices import DeviceAdmin
from offline.admin.lists import RevocationListAdmin
from offline.admin.vouchers import VoucherAdmin

__all__ = [
    "CaseAdmin",
    "CaseDecisionAdmin",
    "CertificateAdmin",
    "DeviceAdmin",
    "RevocationListAdmin",
    "VoucherAdmin",
]
