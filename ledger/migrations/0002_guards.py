"""The refusals that live in the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
UNDO = """
DROP FUNCTION ledger_refuse_change, ledger_check_postings CASCADE;
ALTER TABLE ledger_ledgeraccount ALTER COLUMN kind TYPE varchar(9);
DROP DOMAIN ledger_account_kind;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]
    operations = [migrations.RunSQL(SQL, UNDO)]
