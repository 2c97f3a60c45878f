"""What customers owned at an instant, and where it was; staff may look."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEEP = """
CREATE TRIGGER money_proofs_are_never_changed BEFORE UPDATE OR DELETE ON payments_moneyproof
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewriting();
"""
LET_GO = "DROP TRIGGER money_proofs_are_never_changed ON payments_moneyproof;"


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="payments", model="moneyproof"
    )
    allowed, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind,
        codename="view_moneyproof",
        defaults={"name": "Can view money proof"},
    )
    for role in apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"]):
        role.permissions.add(allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_conversations"),
    ]

    operations = [
        migrations.CreateModel(
            name="MoneyProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("customers_minor", models.BigIntegerField()),
                ("providers_minor", models.BigIntegerField()),
                ("banks_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("currency"),
                        models.F("at"),
                        name="money_is_proved_once_at_an_instant",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
