"""The functions that move money."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION ledger_open_account, ledger_block_account, ledger_post, ledger_post_pair,
    ledger_sequence_at;
DROP SEQUENCE ledger_system_account_id;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [migrations.RunSQL(SQL, UNDO)]
