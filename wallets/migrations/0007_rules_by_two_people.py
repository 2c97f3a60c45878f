"""Four eyes in the database for fees and limits, counting under a lock, and what holds at first.

No fees; limits by tier: what is known of a person decides how much may go through their hands.
"""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION wallets_count_use;
DROP FUNCTION wallets_use;
DROP TRIGGER rule_is_decided_once ON wallets_limitrule;
DROP TRIGGER rule_is_decided_once ON wallets_feerule;
DROP FUNCTION wallets_guard_rule;
"""

# The most that a wallet of tier 0 holds, in major units: about the same worth everywhere.
HOLDINGS = {
    "AED": 400, "AUD": 150, "BRL": 500, "CAD": 150, "CHF": 100, "CNY": 700, "EGP": 5_000,
    "EUR": 100, "GBP": 100, "GHS": 1_500, "INR": 8_000, "JPY": 15_000, "KES": 13_000, "KWD": 30,
    "MAD": 1_000, "NGN": 50_000, "RWF": 140_000, "TZS": 250_000, "UGX": 370_000, "USD": 100,
    "XAF": 60_000, "XOF": 60_000, "ZAR": 1_800, "ZMW": 2_500,
}  # fmt: skip
OPERATIONS_A_DAY = 500
TIMES = {0: 1, 1: 10, 2: 100}
EVER = datetime(2026, 1, 1, tzinfo=UTC)

VIEWED = ("feerule", "limitrule")
BY_ADMINS = {"propose_rule": "feerule", "approve_rule": "feerule"}


def set_limits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("wallets", "LimitRule")
    unit = dict(apps.get_model("ledger", "Currency").objects.values_list("code", "exponent"))
    came_with = {
        "reason": "Came with the installation.",
        "status": "approved",
        "proposed_at": EVER,
        "decided_at": EVER,
        "effective_from": EVER,
    }
    for tier, times in TIMES.items():
        count = OPERATIONS_A_DAY * times
        rule.objects.create(operation="*", currency="*", tier=tier, day_count=count, **came_with)
        for code, holding in HOLDINGS.items():
            most = int(Decimal(holding).scaleb(unit[code])) * times
            rule.objects.create(
                operation="balance", currency=code, tier=tier, each_minor=most, **came_with
            )
            rule.objects.create(
                operation="*",
                currency=code,
                tier=tier,
                each_minor=most,
                day_count=count,
                day_minor=most * 10,
                month_minor=most * 100,
                **came_with,
            )


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role")
    granted = [(f"view_{model}", model, ["staff", "admin"]) for model in VIEWED]
    granted += [(codename, model, ["admin"]) for codename, model in BY_ADMINS.items()]
    for codename, model, names in granted:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        allowed, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": f"Can {codename}"}
        )
        for one in role.objects.filter(name__in=names):
            one.permissions.add(allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_what_staff_may_do_to_people"),
        ("ledger", "0004_currencies"),
        ("wallets", "0006_fees_and_limits"),
    ]
    operations = [
        migrations.RunPython(set_limits, migrations.RunPython.noop),
        migrations.RunSQL(SQL, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
