"""Transfers that judge their caller in the same call."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_callers_that_still_stand"),
        ("wallets", "0013_transfers_in_transit"),
    ]
    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION wallets_transfer_of, wallets_transfer_many_of")
    ]
