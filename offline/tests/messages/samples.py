"""One good message of each kind."""

from __future__ import annotations

from offline.messages import (
    Certificate,
    Closing,
    Limits,
    Possession,
    PrivateKey,
    Receipt,
    Request,
    RevocationDelta,
    RevocationList,
    Settlement,
    StaticRequest,
    Voucher,
)
from offline.messages.members import Body
from offline.tests.messages import keys

NOW = 1_764_001_000
ID, OTHER_ID = "V4n7unuEabEjKjxYWGKGog", "NkYZ7yqnEEYnueO7kpIdbw"
VID = "XN5zcjupYNGrFKe-lc6HM0Orc6ypnp6RQnZAGqxSEHY"
OTHER_VID = "NNjExiKWpHROf5QbHaT5_qzVFcM9lXziBVuTmI1nNxg"
ISSUER = "https://wallet.example"
ALICE, BOB = "1234567890123", "9876543210123"


def certificate(*, holder: str = "alice", wallet: str = ALICE) -> Certificate:
    key = keys.device(holder).public
    return Certificate(
        issuer=ISSUER,
        certificate_id=ID,
        wallet=wallet,
        device=key.key_id,
        name="A. K***",
        currency="PKR",
        exponent=2,
        key=key,
        not_before=NOW - 900,
        expires_at=NOW + 259_200,
        submit_until=NOW + 864_000,
        limits=Limits(voucher_minor=100_000, cumulative_minor=500_000, count=20),
    )


def voucher() -> Voucher:
    return Voucher(
        certificate_id=ID,
        counter=1,
        previous=VID,
        nonce=OTHER_ID,
        amount_minor=50_000,
        cumulative_minor=50_000,
        currency="PKR",
        payer=ALICE,
        payer_device=keys.device("alice").public.key_id,
        payee=BOB,
        payee_device=keys.device("bob").public.key_id,
        request_id=OTHER_ID,
        request_vid=OTHER_VID,
        issued_at=NOW,
    )


def every() -> list[tuple[Body, PrivateKey]]:
    """A body of each kind with the key that signs it."""
    alice, bob, issuer = keys.device("alice"), keys.device("bob"), keys.issuer()
    return [
        (
            Possession(
                audience=ISSUER, challenge=VID, wallet=ALICE, key=alice.public, issued_at=NOW
            ),
            alice,
        ),
        (certificate(), issuer),
        (
            Request(
                request_id=OTHER_ID,
                wallet=BOB,
                device=bob.public.key_id,
                amount_minor=50_000,
                currency="PKR",
                issued_at=NOW,
                expires_at=NOW + 300,
                memo="2 tea",
            ),
            bob,
        ),
        (
            StaticRequest(
                wallet=BOB,
                device=bob.public.key_id,
                name="Corner Shop",
                currency="PKR",
                issued_at=NOW,
                expires_at=NOW + 86_400,
            ),
            issuer,
        ),
        (voucher(), alice),
        (
            Receipt(
                voucher_vid=VID,
                request_id=OTHER_ID,
                payer=ALICE,
                payee=BOB,
                payee_device=bob.public.key_id,
                amount_minor=50_000,
                currency="PKR",
                issued_at=NOW,
            ),
            bob,
        ),
        (
            Settlement(
                issuer=ISSUER,
                voucher_vid=VID,
                transaction="0198c0de-0000-7000-8000-000000000001",
                status="settled",
                amount_minor=50_000,
                currency="PKR",
                payer=ALICE,
                payee=BOB,
                issued_at=NOW,
            ),
            issuer,
        ),
        (
            RevocationList(
                issuer=ISSUER, number=42, issued_at=NOW, next_at=NOW + 86_400, revoked=(ID,)
            ),
            issuer,
        ),
        (
            RevocationDelta(
                issuer=ISSUER,
                number=43,
                issued_at=NOW,
                next_at=NOW + 86_400,
                base=42,
                added=(OTHER_ID,),
                removed=(ID,),
            ),
            issuer,
        ),
        (
            Closing(certificate_id=ID, counter=3, cumulative_minor=70_000, head=VID, issued_at=NOW),
            alice,
        ),
    ]
