"""Staff and admins may look at deposits and at what providers sent.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = {"deposit": "deposit", "webhookdelivery": "webhook delivery"}


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
        ("payments", "0002_what_arrived_never_changes"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
