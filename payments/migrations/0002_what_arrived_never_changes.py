"""The database keeps what arrived, and the terms of a deposit, as they are."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION payments_refuse_rewriting CASCADE;
DROP FUNCTION payments_refuse_reopening CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_deposits_and_webhooks")]
    operations = [migrations.RunSQL(SQL, UNDO)]
