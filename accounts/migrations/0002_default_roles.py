"""The four roles that every installation has."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WEIGHTS = {"superuser": 100, "admin": 80, "staff": 50, "user": 10}


def add_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    role = apps.get_model("accounts", "Role")
    for name, weight in WEIGHTS.items():
        role.objects.get_or_create(name=name, defaults={"weight": weight})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people_and_roles")]
    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
