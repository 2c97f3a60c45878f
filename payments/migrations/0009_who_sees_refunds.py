"""Staff and admins may look at refunds, and ask the provider about deposits once more.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GRANTED = (
    ("refund", "view_refund", "Can view refund"),
    ("deposit", "settle_deposit", "Can ask the provider about a deposit once more"),
)


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


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_permissions"),
        ("payments", "0008_refunds_move_as_they_may"),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="deposit",
            options={
                "permissions": [
                    ("settle_deposit", "Can ask the provider about a deposit once more")
                ]
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
