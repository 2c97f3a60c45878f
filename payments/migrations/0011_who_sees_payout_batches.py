"""Staff and admins may look at tables of payouts, as they may at the payouts."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = {"payoutbatch": "payout batch", "payoutbatchrow": "payout batch row"}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model, words in VIEWED.items():
        kind, _ = content_type.objects.get_or_create(app_label="payments", model=model)
        view, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {words}"}
        )
        for role in roles:
            role.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_permissions"),
        ("payments", "0010_payout_batches"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
