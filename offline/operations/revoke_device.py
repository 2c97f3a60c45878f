from __future__ import annotations

from datetime import datetime

from events.operations import append_event
from offline import locks
from offline.errors import DeviceNotFound
from offline.models import Certificate, CertificateStatus, Device, DeviceStatus
from offline.operations.publish_revocations import publish_revocations


def revoke_device(*, did: str, reason: str, now: datetime, owner_id: object = None) -> Device:
    """Take a device out of use for ever and warn everybody of it; again changes nothing.

    Its vouchers that were accepted before are paid as ever, and what it did not spend goes back
    after the deadline. With `owner_id` only that person's device is found. Raises
    `DeviceNotFound`.
    """
    device = locks.device(did=did)
    if owner_id is not None and device.owner_id != owner_id:
        raise DeviceNotFound
    return block(device, reason=reason, now=now)


def block(device: Device, *, reason: str, now: datetime) -> Device:
    """Revoke a device that is locked."""
    if not device.is_active:
        return device
    device.status = DeviceStatus.REVOKED
    device.revoked_at = now
    device.revoked_reason = reason[:60]
    device.save(update_fields=["status", "revoked_at", "revoked_reason"])
    Certificate.objects.filter(
        device=device,
        status__in=[
            CertificateStatus.ISSUED,
            CertificateStatus.CLOSED,
            CertificateStatus.EXPIRED,
        ],
    ).update(status=CertificateStatus.REVOKED)
    append_event(
        type="offline.device_revoked",
        subject=device.did,
        owner_id=device.owner_id,
        data={"wallet": device.wallet.number, "reason": device.revoked_reason},
    )
    publish_revocations(now=now)
    return device
