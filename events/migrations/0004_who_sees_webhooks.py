"""Staff and admins may look at webhook endpoints and what is sent to them; the relay's row.

Permissions are made here, named as Django names them, because Django itself makes them only
after the last migration.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = {"webhookendpoint": "webhook endpoint", "eventdelivery": "event delivery"}

# Nobody had an endpoint before, so nothing of before is for one.
BEGIN = """
INSERT INTO events_eventrelay (name, position, candidate, writers)
SELECT 'webhooks', coalesce(max(id), 0), -1, '{}' FROM events_event
"""


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model, words in VIEWED.items():
        kind, _ = content_type.objects.get_or_create(app_label="events", model=model)
        view, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {words}"}
        )
        change, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"change_{model}", defaults={"name": f"Can change {words}"}
        )
        for role in roles:
            role.permissions.add(view, change)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_default_permissions"), ("events", "0003_webhooks")]
    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunSQL(BEGIN, "DELETE FROM events_eventrelay"),
    ]
