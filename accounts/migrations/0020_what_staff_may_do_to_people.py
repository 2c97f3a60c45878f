"""Who may change, shut out, judge and promote people, out of the box."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BOTH = ("staff", "admin")
GRANTED = {
    ("user", "change_user"): BOTH,
    ("user", "deactivate_user"): BOTH,
    ("user", "set_kyc_tier"): ("admin",),
    ("user", "erase_user"): ("admin",),
    ("document", "review_document"): BOTH,
    ("document", "view_document"): BOTH,
    ("roleproposal", "view_roleproposal"): ("admin",),
    ("roleproposal", "propose_role"): ("admin",),
    ("roleproposal", "approve_role"): ("admin",),
    ("tokenfamily", "view_tokenfamily"): ("admin",),
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    role = apps.get_model("accounts", "Role")
    for (model, codename), names in GRANTED.items():
        kind, _ = content_type.objects.get_or_create(app_label="accounts", model=model)
        allowed, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": f"Can {codename}"}
        )
        for one in role.objects.filter(name__in=names):
            one.permissions.add(allowed)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_roles_change_by_proposal")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
