"""The database keeps what was compared, and who agreed on corrections; staff see and resolve."""

from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION payments_refuse_run CASCADE;
DROP FUNCTION payments_guard_line CASCADE;
DROP FUNCTION payments_guard_proposal CASCADE;
"""
GRANTED = (
    ("reconciliationrun", "view_reconciliationrun", "Can view reconciliation run"),
    ("reconciliationline", "view_reconciliationline", "Can view reconciliation line"),
    ("reconciliationproposal", "view_reconciliationproposal", "Can view reconciliation proposal"),
    (
        "reconciliationline",
        "resolve_reconciliationline",
        "Can propose how a break is resolved, and decide it",
    ),
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
        ("payments", "0012_reconciliation"),
    ]
    operations = [
        migrations.RunSQL(SQL, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
