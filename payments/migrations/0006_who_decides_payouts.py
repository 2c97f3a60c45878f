"""Who may look at payouts and decide them, and from which amount somebody must.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration. Thresholds are minor units; `manage.py set_payout_threshold` changes
them.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRANTED = (
    ("payout", "view_payout", "Can view payout"),
    ("payout", "approve_payout", "Can approve a payout above a threshold, or turn it down"),
    ("payout", "settle_payout", "Can say, with another, how an unknown payout ended"),
    ("payoutvote", "view_payoutvote", "Can view payout vote"),
    ("payoutthreshold", "view_payoutthreshold", "Can view payout threshold"),
    ("beneficiary", "view_beneficiary", "Can view beneficiary"),
    ("webhookdelivery", "replay_webhookdelivery", "Can apply again what a provider told"),
)
THRESHOLDS = {"NGN": (100_000_000, 1_000_000_000), "USD": (100_000, 1_000_000)}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model, codename, name in GRANTED:
        kind, _ = content_type.objects.get_or_create(app_label="payments", model=model)
        allowed, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        for role in roles:
            role.permissions.add(allowed)


def set_thresholds(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    threshold = apps.get_model("payments", "PayoutThreshold")
    for code, (one, two) in THRESHOLDS.items():
        threshold.objects.get_or_create(
            currency=code, defaults={"one_from_minor": one, "two_from_minor": two}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_permissions"),
        ("payments", "0005_payouts_move_as_they_may"),
    ]
    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunPython(set_thresholds, migrations.RunPython.noop),
    ]
