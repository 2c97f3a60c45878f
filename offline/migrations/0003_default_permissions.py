"""Staff and admins may look at offline payments; admins decide cases and revoke devices.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = ("case", "casedecision", "certificate", "device", "revocationlist", "voucher")
ADMINS = (
    ("device", "revoke_device", "Can revoke devices"),
    ("casedecision", "decide_case", "Can propose and approve decisions on cases"),
)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    roles = apps.get_model("accounts", "Role").objects
    for model in VIEWED:
        view = permission(apps, model, f"view_{model}", f"Can view {model}")
        for role in roles.filter(name__in=["staff", "admin"]):
            role.permissions.add(view)
    for model, codename, name in ADMINS:
        for role in roles.filter(name="admin"):
            role.permissions.add(permission(apps, model, codename, name))


def permission(apps: Apps, model: str, codename: str, name: str) -> Any:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="offline", model=model
    )
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": name}
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_default_permissions"),
        ("offline", "0002_evidence_never_changes"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
