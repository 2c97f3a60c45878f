"""The invariants that stand after every attack."""

from __future__ import annotations

from ledger import chart
from ledger.operations.verify import all_checks, run_checks
from ledger.queries import chart_balance
from offline.models import Case, Certificate, ForkProof, RevocationList
from offline.operations import verify_messages


def prove() -> None:
    """Prove the books and every message; each fork has its proof and its device is listed."""
    broken = [f for f in run_checks(all_checks()) if not f.ok and f.name != "guards_stand"]
    assert not broken, broken
    assert not list(verify_messages())
    listed = RevocationList.objects.order_by("-number").first()
    for case in Case.objects.filter(kind="fork"):
        assert ForkProof.objects.filter(case=case).exists()
        assert listed
        assert case.certificate.is_reclaimed or case.certificate.device_id in listed.dids


def in_hold(certificate: Certificate) -> int:
    """What the ledger has in a certificate's hold, in minor units."""
    return chart_balance(chart.offline_hold(certificate.jti, certificate.currency))
