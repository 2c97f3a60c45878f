"""The one question that every authenticated request asks."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_default_permissions")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION accounts_principal")]
