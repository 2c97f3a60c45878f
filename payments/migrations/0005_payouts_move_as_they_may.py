"""The database keeps the terms of payouts, their one way, and four eyes on what people decide."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION payments_guard_payout CASCADE;
DROP FUNCTION payments_guard_vote CASCADE;
DROP FUNCTION payments_guard_beneficiary CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_payouts")]
    operations = [migrations.RunSQL(SQL, UNDO)]
