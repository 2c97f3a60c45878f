"""Many entries in one call."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_currencies")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION ledger_post_batch")]
