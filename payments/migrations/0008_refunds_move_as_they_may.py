"""The database keeps the terms of refunds, their one way, and that they never exceed a payment."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_refunds")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION payments_guard_refund CASCADE")]
