"""What staff and admins may do with what this app and the two below it keep.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration. Higher apps grant their own in the same way.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = {
    "accounts": ["role", "user"],
    "events": ["event"],
    "ledger": ["currency", "journalentry", "ledgeraccount", "posting"],
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for app_label, models in VIEWED.items():
        for model in models:
            kind, _ = content_type.objects.get_or_create(app_label=app_label, model=model)
            view, _ = permission.objects.get_or_create(
                content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {model}"}
            )
            for role in roles:
                role.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_refresh_families"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
