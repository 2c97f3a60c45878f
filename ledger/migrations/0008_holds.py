"""Money that is set aside on an account: held, released, and paid out of what was held."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION ledger_post_from_hold;
DROP FUNCTION ledger_release;
DROP FUNCTION ledger_hold;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_order_of_refusals")]
    operations = [migrations.RunSQL(SQL, UNDO)]
