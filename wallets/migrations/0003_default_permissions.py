"""Staff and admins may look at wallets and transfers.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = ("wallet", "transfer")


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model in VIEWED:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        view, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {model}"}
        )
        for role in roles:
            role.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_permissions"),
        ("wallets", "0002_direct_transfer"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
